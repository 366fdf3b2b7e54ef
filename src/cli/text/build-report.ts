import type { BuildResult, LoadedImage } from '../../index.ts';
import { listNames } from '../../core/list-names.ts';
import { formatBytes, formatDuration } from './format-size.ts';
import { fileLines, findingLines, noteLines } from './image-lines.ts';
import { nextLines, pathFrom, type ReportPlace } from './next-commands.ts';
import type { Told } from './progress.ts';
import { joinLines, paint, type Text, text } from './text.ts';

const NAMED_REFERENCES = 3;

export interface ReportSetting extends ReportPlace {
  /** null: into no engine. */
  readonly loaded: LoadedImage | null;
  /** Is not said once more. */
  readonly told: Told;
}

/** The report of `build` on stderr: what won, why nothing smaller did, where each byte went, and how it was proven. */
export function formatBuildReport(result: BuildResult, setting: ReportSetting): Text {
  return joinLines([
    '',
    headline(result),
    ...rejected(result, setting.told),
    ...fileLines(result.files),
    ...proof(result, setting.told),
    ...noteLines(
      'traded for size',
      result.trades.map((trade) => [trade]),
    ),
    ...findingLines(result.findings),
    ...written(result, setting),
    ...nextLines(result, setting.loaded, setting),
  ]);
}

function headline({ rung, size, toolchain, link, libc, platform, proof: { emulation } }: BuildResult): Text {
  const how = [link, libc, ...(toolchain === null ? [] : [toolchain])].join(', ');
  const headed = paint('bold', text`${rung}: ${formatBytes(size.uncompressedBytes)}`);
  return text`${headed} uncompressed, ${formatBytes(size.compressedBytes)} compressed, ${size.files} file${size.files === 1 ? '' : 's'}, ${platform}${emulation === null ? '' : ` (${emulation})`} (${how})`;
}

function rejected({ rejected: all }: BuildResult, { rungs }: Told): readonly Text[] {
  if (all.length === 0) return [text`  why not smaller: this is the lowest rung`];
  const above = all.filter(({ rung }) => rungs.has(rung));
  const lines = all.filter(({ rung }) => !rungs.has(rung)).flatMap(lostLines);
  if (above.length === 0) return [text`  why not smaller:`, ...lines];
  const hints = new Set(above.flatMap(({ hint }) => (hint === null ? [] : [hint])));
  return [
    text`  why not smaller: ${above.map(({ rung }) => rung).join(', ')}: see above`,
    ...[...hints].map((hint) => text`      hint: ${hint}`),
    ...lines,
  ];
}

function lostLines({ rung, reason, hint, size }: BuildResult['rejected'][number]): readonly Text[] {
  const measured = size === null ? '' : ` (${formatBytes(size.uncompressedBytes)})`;
  const line = text`    ${rung}${measured}: ${reason}`;
  return hint === null ? [line] : [line, text`      hint: ${hint}`];
}

function proof(
  { proof: { status, strength, control, sandbox, checks, reason } }: BuildResult,
  told: Told,
): readonly Text[] {
  const news = checks.filter(({ name, detail }) => told.checks.get(name) !== detail);
  const lines = news.map((check) => text`    ${check.name}: ${check.detail}`);
  const where = sandbox ?? 'a sandbox';
  const alone = control.source === null ? [text`    not compared: ${control.reason ?? ''}`] : [];
  const below = status === 'passed' ? [...lines, ...alone] : lines;
  const end = below.length === 0 ? '' : ':';
  if (status === 'passed') return [text`  ${paint('green', PROVEN[strength])} in ${where}${end}`, ...below];
  if (status === 'unclear') return [text`  ${paint('yellow', 'unclear')} in ${where}${end}`, ...below];
  return [text`  ${paint('yellow', 'not proven')}: ${reason ?? 'no proof was asked for'}`];
}

/** What each strength claims, and no more: docs/explanation/what-proven-means.md. */
const PROVEN: Readonly<Record<BuildResult['proof']['strength'], string>> = {
  start: 'proven to start',
  equal: 'proven to do the same',
  checked: 'proven',
  none: 'not proven',
};

function written(
  { timings, image, evidence, debugTwin }: BuildResult,
  { directory }: ReportSetting,
): readonly Text[] {
  const { compileMs, analyseMs, assembleMs, proveMs } = timings;
  const times = `compile ${formatDuration(compileMs)}, analyse ${formatDuration(analyseMs)}, assemble ${formatDuration(assembleMs)}, prove ${formatDuration(proveMs)}`;
  const beside = evidence?.path ?? null;
  return [
    text`  ${pathFrom(directory, image.path)} (${times})`,
    ...(beside === null ? [] : [text`  ${pathFrom(directory, beside)}: why it is as it is`]),
    ...(debugTwin === null
      ? []
      : [
          text`  ${pathFrom(directory, debugTwin.path)}: ${listNames(debugTwin.references, NAMED_REFERENCES)}, the same layers and one of tools (${formatBytes(debugTwin.size.uncompressedBytes)})`,
        ]),
  ];
}
