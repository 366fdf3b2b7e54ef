import type { DoctorReport, ToolDiagnosis } from '../../index.ts';
import { formatTable } from './table.ts';
import { type Text, text } from './text.ts';

/** `doctor` as text: what is here, and how to get what is not. */
export function formatDiagnosis({ tools, sandboxes, tracer }: DoctorReport): Text {
  const toolRows = tools.map(toolRow);
  const sandboxRows = sandboxes.map(({ sandbox, usable, particulars, reason, install }) =>
    usable
      ? ['ok', sandbox, particulars.join(', ')]
      : ['-', sandbox, install === null ? (reason ?? '') : `${reason ?? 'absent'}; get it: ${install}`],
  );
  const columns = [{ title: '' }, { title: '' }, { title: '' }, { title: '' }];
  return text`toolchains
${formatTable(columns, toolRows, '  ')}

sandboxes (each was tried)
${formatTable(columns.slice(1), sandboxRows, '  ')}

tracer (${tracer.purpose})
${formatTable(columns, [toolRow(tracer)], '  ')}`;
}

function toolRow({ tool, purpose, path, version, install }: ToolDiagnosis): readonly string[] {
  return path === null
    ? ['-', tool, purpose, install === null ? '' : `get it: ${install}`]
    : ['ok', tool, version ?? '', path];
}
