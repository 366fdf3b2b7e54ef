import type { Command } from 'commander';
import type { FileReport, TreeReport } from '../../index.ts';
import type { CommandContext } from '../command-context.ts';
import { collect, formatOption } from '../options.ts';
import { formatBytes } from '../format-size.ts';
import { formatTable } from '../table.ts';
import { paint, printResult } from '../terminal.ts';

interface InspectFlags {
  readonly base?: readonly string[];
  readonly format: 'text' | 'json';
}

export function addInspectCommand(program: Command, context: CommandContext): Command {
  void context;
  return program
    .command('inspect')
    .summary('linkage, libc, needs, and on which bases it will run')
    .description('Reads an ELF file, a directory, an archive or an OCI layout. Nothing is executed.')
    .argument('<target>', 'file, directory, archive or layout')
    .option('--base <path>', 'also judge it on this root, layout or archive; repeatable', collect)
    .addOption(formatOption('text', 'json'))
    .action((target: string, flags: InspectFlags) => runInspect(target, flags));
}

async function runInspect(target: string, { base, format }: InspectFlags): Promise<void> {
  const { inspect } = await import('../../index.ts');
  const report = await inspect(target, { bases: base });
  if (format === 'json') return printResult(JSON.stringify(report, null, 2));
  printResult(
    report.kind === 'directory' || report.kind === 'image'
      ? formatTree(report as TreeReport)
      : formatFile(report as FileReport),
  );
}

function formatFile(report: FileReport): string {
  if (report.kind !== 'elf') {
    const what = report.kind === 'script' ? `a script for ${report.interpreter ?? '?'}` : 'not an ELF file';
    return `${report.path}: ${what}, ${formatBytes(report.sizeBytes)}`;
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
  return [
    `${paint('bold', report.path)}: ${formatBytes(report.sizeBytes)}`,
    formatTable([{ title: '' }, { title: '' }], lines, '  '),
    formatNeeds(report),
    `  runs on`,
    formatTable(
      [{ title: '' }, { title: '' }, { title: '' }],
      report.verdicts.map(({ base, runs, reason }) => [base, runs, reason]),
      '    ',
    ),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function formatNeeds({ needs }: FileReport): string {
  if (needs.length === 0) return '  needs nothing beside its libraries';
  const lines = needs.map(
    ({ need, level, evidence, fix }) => `    ${need} (${level}): ${evidence}\n      fix: ${fix}`,
  );
  return `  needs at run time\n${lines.join('\n')}`;
}

function formatTree(report: TreeReport): string {
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
  const missing = report.missing.map(({ name, neededBy }) => `  ${name}: needed by ${neededBy.join(', ')}`);
  const duplicates = report.duplicates.map(
    ({ sizeBytes, paths }) => `  ${formatBytes(sizeBytes)}: ${paths.join(' = ')}`,
  );
  return [
    `${paint('bold', report.path)}: ${report.kind}, ${formatBytes(report.sizeBytes)} in ${report.files} files, ${report.elf.length} of them ELF`,
    elf.length > 0 ? formatTable(columns, elf, '  ') : '',
    missing.length > 0 ? `missing libraries\n${missing.join('\n')}` : '',
    duplicates.length > 0 ? `stored twice\n${duplicates.join('\n')}` : '',
  ]
    .filter((part) => part !== '')
    .join('\n');
}
