import type { BuildResult, LoadedImage } from '../index.ts';
import { formatBytes, formatDuration, groupThousands } from './format-size.ts';
import { formatTable } from './table.ts';
import { paint } from './terminal.ts';

/** The report of `build` on stderr: what won, why nothing smaller did, where each byte went, and how it was proven. */
export function formatBuildReport(result: BuildResult, loaded: LoadedImage | null): string {
  const sections = [
    headline(result),
    rejected(result),
    files(result),
    proof(result),
    notes('traded for size', result.trades),
    notes(
      'worth knowing',
      result.findings.map(({ message, hint }) => (hint === null ? message : `${message}\n      ${hint}`)),
    ),
    written(result, loaded),
  ];
  return `\n${sections.filter((section) => section !== '').join('\n')}`;
}

function headline({ rung, size, toolchain, link, libc }: BuildResult): string {
  const how = toolchain === null ? `${link}, ${libc}` : `${link}, ${libc}, ${toolchain}`;
  return (
    `${paint('bold', `${rung}: ${formatBytes(size.uncompressedBytes)}`)} uncompressed, ` +
    `${formatBytes(size.compressedBytes)} compressed, ${size.files} file${size.files === 1 ? '' : 's'} (${how})`
  );
}

function rejected(result: BuildResult): string {
  if (result.rejected.length === 0) return '  why not smaller: this is the lowest rung';
  const lines = result.rejected.map(({ rung, reason, hint, size }) => {
    const measured = size === null ? '' : ` (${formatBytes(size.uncompressedBytes)})`;
    return `    ${rung}${measured}: ${reason}${hint === null ? '' : `\n      hint: ${hint}`}`;
  });
  return `  why not smaller:\n${lines.join('\n')}`;
}

/** Who adds a directory of 10,000 files does not want to read them; `--format json` has all. */
const LISTED_FILES = 200;

function files(result: BuildResult): string {
  const left = result.files.length - LISTED_FILES;
  const rows = result.files
    .slice(0, LISTED_FILES)
    .map(({ path, kind, sizeBytes, reason }) => [
      kind === 'directory' ? `${path}/` : path,
      kind === 'file' ? formatBytes(sizeBytes) : '',
      reason,
    ]);
  const table = formatTable([{ title: '' }, { title: '', align: 'right' }, { title: '' }], rows, '    ');
  return `  files:\n${table}${left > 0 ? `\n    … and ${groupThousands(left)} more` : ''}`;
}

function proof({ proof: { status, sandbox, checks, reason } }: BuildResult): string {
  if (status === 'skipped')
    return `  ${paint('yellow', 'not proven')}: ${reason ?? 'no proof was asked for'}`;
  const lines = checks.map((check) => `    ${check.name}: ${check.detail}`);
  return `  ${paint('green', 'proven')} in ${sandbox ?? 'a sandbox'}:\n${lines.join('\n')}`;
}

function notes(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `  ${title}:\n${lines.map((line) => `    ${line}`).join('\n')}`;
}

function written(result: BuildResult, loaded: LoadedImage | null): string {
  const { compileMs, analyseMs, assembleMs, proveMs } = result.timings;
  const times = `compile ${formatDuration(compileMs)}, analyse ${formatDuration(analyseMs)}, assemble ${formatDuration(assembleMs)}, prove ${formatDuration(proveMs)}`;
  const name = result.reference.replace(/@sha256:.*$/, '');
  const next =
    loaded !== null
      ? `loaded into ${loaded.engine}; run it: ${loaded.engine} run --rm ${name}`
      : result.image.kind === 'archive'
        ? `load it: docker load -i ${result.image.path} && docker run --rm ${name}`
        : `copy it: skopeo copy oci:${result.image.path} docker://${name}`;
  return `  ${result.image.path} (${times})\n  ${next}`;
}
