import type { FileReport, TreeReport } from '../../index.ts';
import { formatBytes } from './format-size.ts';
import { closureLines, hardeningLines } from './hardening-lines.ts';
import { entryLines, imageLines, privilegedLines } from './inspect-image.ts';
import { formatTable } from './table.ts';
import { joinLines, paint, type Text, text } from './text.ts';

/** `inspect` as text: of one file, or of all in a directory or an image. */
export function formatInspection(report: FileReport | TreeReport): Text {
  return report.kind === 'directory' || report.kind === 'image'
    ? formatTree(report as TreeReport)
    : formatFile(report as FileReport);
}

function formatFile(report: FileReport): Text {
  if (report.kind !== 'elf') {
    const what = report.format ?? `a script for ${report.interpreter ?? '?'}`;
    return text`${report.path}: ${what}, ${formatBytes(report.sizeBytes)}`;
  }
  const facts: readonly (readonly [string, string | null])[] = [
    ['machine', report.machine],
    ['linkage', report.link],
    ['libc', `${report.libc} (${report.libcEvidence})`],
    ['interpreter', report.interpreter],
    ['needs libraries', report.needed.join(', ') || null],
    ['minimum glibc', report.minimumGlibc],
    ['languages', report.languages.join(', ') || null],
    ['stripped', report.stripped === true ? 'yes' : 'no'],
  ];
  const lines = facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
  return joinLines([
    text`${paint('bold', report.path)}: ${formatBytes(report.sizeBytes)}`,
    formatTable([{ title: '' }, { title: '' }], lines, '  '),
    ...hardeningLines(report),
    ...closureLines(report),
    ...needLines(report),
    text`  runs on${platformOf(report)}`,
    formatTable(
      [{ title: '' }, { title: '' }, { title: '' }],
      report.verdicts.map(({ base, runs, reason }) => [base, runs, reason]),
      '    ',
    ),
  ]);
}

/** Each verdict speaks of the base's image for the machine of the program; scratch, the first, has one for all. */
function platformOf({ verdicts }: FileReport): string {
  const platform = verdicts.find((verdict) => verdict.platform !== undefined)?.platform;
  return platform === undefined ? '' : ` (images for ${platform})`;
}

function needLines({ needs }: FileReport): readonly Text[] {
  if (needs.length === 0) return [text`  needs nothing beside its libraries`];
  const lines = needs.flatMap(({ need, level, evidence, fix }) => [
    text`    ${need} (${level}): ${evidence}`,
    text`      fix: ${fix}`,
  ]);
  return [text`  needs at run time`, ...lines];
}

function formatTree(report: TreeReport): Text {
  const elf = report.elf.map((file) => [
    file.path,
    formatBytes(file.sizeBytes),
    file.machine,
    file.link,
    file.libc,
    file.package ?? '',
    file.missing.length === 0 ? '' : `missing: ${file.missing.join(', ')}`,
  ]);
  const columns = ['ELF file', 'Size', 'Machine', 'Linkage', 'Libc', 'Package', ''].map((title) => ({
    title,
  }));
  const missing = report.missing.map(
    ({ name, neededBy }) => text`  ${name}: needed by ${neededBy.join(', ')}`,
  );
  const duplicates = report.duplicates.map(
    ({ sizeBytes, paths }) => text`  ${formatBytes(sizeBytes)}: ${paths.join(' = ')}`,
  );
  const replaced = report.replaced.map(
    ({ path, was, is, layer }) => text`  ${path}: ${was} before, ${is ?? 'nothing'} from layer ${layer} on`,
  );
  return joinLines([
    text`${paint('bold', report.path)}: ${report.kind}, ${formatBytes(report.sizeBytes)} in ${report.files} files, ${report.elf.length} of them ELF`,
    ...imageLines(report),
    ...(elf.length > 0 ? [formatTable(columns, elf, '  ')] : []),
    ...privilegedLines(report),
    ...(missing.length > 0 ? ['missing libraries', ...missing] : []),
    ...(duplicates.length > 0 ? ['stored twice', ...duplicates] : []),
    ...(replaced.length > 0 ? ['replaced by a layer', ...replaced] : []),
    ...entryLines(report),
  ]);
}
