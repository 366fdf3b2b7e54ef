import type { DoctorReport } from '../../doctor/diagnose.ts';
import { formatTable } from './table.ts';
import { type Text, text } from './text.ts';

/** `doctor` as text: what is here, and how to get what is not. */
export function formatDiagnosis({ tools, sandboxes }: DoctorReport): Text {
  const toolRows = tools.map(({ tool, purpose, path, version, install }) =>
    path === null
      ? ['-', tool, purpose, install === null ? '' : `get it: ${install}`]
      : ['ok', tool, version ?? '', path],
  );
  const sandboxRows = sandboxes.map(({ sandbox, usable, particulars, reason, install }) =>
    usable
      ? ['ok', sandbox, particulars.join(', ')]
      : ['-', sandbox, install === null ? (reason ?? '') : `${reason ?? 'absent'}; get it: ${install}`],
  );
  const columns = [{ title: '' }, { title: '' }, { title: '' }, { title: '' }];
  return text`toolchains
${formatTable(columns, toolRows, '  ')}

sandboxes (each was tried)
${formatTable(columns.slice(1), sandboxRows, '  ')}`;
}
