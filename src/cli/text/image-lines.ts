import type { Finding } from '../../core/finding.ts';
import type { ImageFile } from '../../pipeline/build-result.ts';
import { formatBytes, groupThousands } from './format-size.ts';
import { formatTable } from './table.ts';
import { type Part, type Text, text } from './text.ts';

/** Who adds a directory of 10,000 files does not want to read them; `--format json` has all. */
const LISTED_FILES = 200;

export function fileLines(files: readonly ImageFile[]): readonly Text[] {
  const left = files.length - LISTED_FILES;
  const rows = files
    .slice(0, LISTED_FILES)
    .map(({ path, kind, sizeBytes, reason }) => [
      kind === 'directory' ? `${path}/` : path,
      kind === 'file' ? formatBytes(sizeBytes) : '',
      reason,
    ]);
  const table = formatTable([{ title: '' }, { title: '', align: 'right' }, { title: '' }], rows, '    ');
  return [
    text`  files:`,
    ...(rows.length === 0 ? [] : [table]),
    ...(left > 0 ? [text`    … and ${groupThousands(left)} more`] : []),
  ];
}

export function noteLines(title: string, entries: readonly (readonly Part[])[]): readonly Text[] {
  if (entries.length === 0) return [];
  return [text`  ${title}:`, ...entries.flat().map((line) => text`    ${line}`)];
}

export function findingLines(findings: readonly Finding[]): readonly Text[] {
  return noteLines(
    'worth knowing',
    findings.map(({ message, hint }) => (hint === null ? [message] : [message, text`  ${hint}`])),
  );
}
