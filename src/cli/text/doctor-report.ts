import type { DoctorReport, ToolDiagnosis } from '../../index.ts';
import { formatBytes } from './format-size.ts';
import { formatTable } from './table.ts';
import { type Text, text } from './text.ts';

/** `doctor` as text: what is here, and how to get what is not. */
export function formatDiagnosis({ tools, sandboxes, tracer, ...report }: DoctorReport): Text {
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
${formatTable(columns, [toolRow(tracer)], '  ')}

engines (for build --load; none is needed to build and prove)
${formatTable(columns, report.engines.map(engineRow), '  ')}

Rust on musl by building its standard library (${report.rustMuslRoute.consent})
${formatTable(columns, routeRows(report.rustMuslRoute), '  ')}

cache
  ${report.cache.directory}: ${formatBytes(report.cache.sizeBytes)} in ${report.cache.entries} folders; morsel cache prune frees it`;
}

function engineRow({ engine, installed, answers, version, reason }: DoctorReport['engines'][number]) {
  if (answers) return ['ok', engine, version ?? ''];
  return ['-', engine, installed ? `installed, does not answer: ${reason ?? '?'}` : 'not installed'];
}

function routeRows({ sources, built }: DoctorReport['rustMuslRoute']): readonly (readonly string[])[] {
  const first = built.length === 0 ? ['-', 'built', 'not yet: the first build takes minutes'] : [];
  return [
    sources === null ? ['-', 'rust-src', 'not here: it cannot be built'] : ['ok', 'rust-src', sources],
    ...(first.length > 0 ? [first] : built.map((folder) => ['ok', 'built', folder])),
  ];
}

function toolRow({ tool, purpose, path, version, install }: ToolDiagnosis): readonly string[] {
  return path === null
    ? ['-', tool, purpose, install === null ? '' : `get it: ${install}`]
    : ['ok', tool, version ?? '', path];
}
