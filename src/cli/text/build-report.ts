import type { BuildResult } from '../../index.ts';
import { formatBytes, formatDuration } from './format-size.ts';
import { fileLines, findingLines, noteLines } from './image-lines.ts';
import { joinLines, paint, type Text, text } from './text.ts';

/** The report of `build` on stderr: what won, why nothing smaller did, where each byte went, and how it was proven. */
export function formatBuildReport(result: BuildResult): Text {
  return joinLines([
    '',
    headline(result),
    ...rejected(result),
    ...fileLines(result.files),
    ...proof(result),
    ...noteLines(
      'traded for size',
      result.trades.map((trade) => [trade]),
    ),
    ...findingLines(result.findings),
    ...written(result),
  ]);
}

function headline({ rung, size, toolchain, link, libc }: BuildResult): Text {
  const how = [link, libc, ...(toolchain === null ? [] : [toolchain])].join(', ');
  const headed = paint('bold', text`${rung}: ${formatBytes(size.uncompressedBytes)}`);
  return text`${headed} uncompressed, ${formatBytes(size.compressedBytes)} compressed, ${size.files} file${size.files === 1 ? '' : 's'} (${how})`;
}

function rejected(result: BuildResult): readonly Text[] {
  if (result.rejected.length === 0) return [text`  why not smaller: this is the lowest rung`];
  const lines = result.rejected.flatMap(({ rung, reason, hint, size }) => {
    const measured = size === null ? '' : ` (${formatBytes(size.uncompressedBytes)})`;
    const line = text`    ${rung}${measured}: ${reason}`;
    return hint === null ? [line] : [line, text`      hint: ${hint}`];
  });
  return [text`  why not smaller:`, ...lines];
}

function proof({
  proof: { status, strength, control, sandbox, checks, reason },
}: BuildResult): readonly Text[] {
  const lines = checks.map((check) => text`    ${check.name}: ${check.detail}`);
  const where = sandbox ?? 'a sandbox';
  if (status === 'passed') {
    const alone = control.source === null ? [text`    not compared: ${control.reason ?? ''}`] : [];
    return [text`  ${paint('green', PROVEN[strength])} in ${where}:`, ...lines, ...alone];
  }
  if (status === 'unclear') return [text`  ${paint('yellow', 'unclear')} in ${where}:`, ...lines];
  return [text`  ${paint('yellow', 'not proven')}: ${reason ?? 'no proof was asked for'}`];
}

/** What each strength claims, and no more: docs/explanation/what-proven-means.md. */
const PROVEN: Readonly<Record<BuildResult['proof']['strength'], string>> = {
  start: 'proven to start',
  equal: 'proven to do the same',
  checked: 'proven',
  none: 'not proven',
};

function written(result: BuildResult): readonly Text[] {
  const { compileMs, analyseMs, assembleMs, proveMs } = result.timings;
  const times = `compile ${formatDuration(compileMs)}, analyse ${formatDuration(analyseMs)}, assemble ${formatDuration(assembleMs)}, prove ${formatDuration(proveMs)}`;
  const beside = result.evidence?.path ?? null;
  return [
    text`  ${result.image.path} (${times})`,
    ...(beside === null ? [] : [text`  ${beside}: why it is as it is`]),
    nextCommand(result),
  ];
}

function nextCommand({ reference, references, image, loaded }: BuildResult): Text {
  const name = reference.replace(/@sha256:.*$/, '');
  if (image.path === '-') return text`  run it where it was read: docker run --rm ${name}`;
  if (loaded !== null) return text`  loaded into ${loaded.engine}; run it: ${loaded.engine} run --rm ${name}`;
  return image.kind === 'archive'
    ? text`  load it: docker load -i ${image.path} && docker run --rm ${name}`
    : text`  copy it: skopeo copy oci:${image.path}:${references[0] ?? ''} docker://${name}`;
}
