import type { BuildResult, LoadedImage, PlatformResult, Timings } from '../../index.ts';
import type { Finding } from '../../core/finding.ts';
import { listNames } from '../../core/list-names.ts';
import { formatBytes, formatDuration } from './format-size.ts';
import { fileLines, findingLines, noteLines } from './image-lines.ts';
import { nextLines, pathFrom, type ReportPlace } from './next-commands.ts';
import { NOTHING_TOLD, type Told } from './progress.ts';
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
    ...(result.platforms.length > 1
      ? severalLines(result.platforms)
      : ['', ...imageLines(result, setting.told)]),
    ...written(result, setting),
    ...nextLines(result, setting.loaded, setting),
  ]);
}

function imageLines(result: PlatformResult, told: Told): readonly Text[] {
  return [
    headline(result),
    ...rejected(result, told),
    ...fileLines(result.files),
    ...proof(result, told),
    ...tradeLines(result),
    ...findingLines(result.findings),
  ];
}

/** Of several: each file's reason is in its evidence, and what is worth knowing of all is said once. */
function platformLines(one: PlatformResult, shared: readonly Finding[]): readonly Text[] {
  return [
    headline(one),
    ...(one.rejected.length === 0 ? [] : rejected(one, NOTHING_TOLD)),
    ...proof(one, NOTHING_TOLD),
    ...tradeLines(one),
    ...findingLines(one.findings.filter((finding) => !shared.some((other) => isSame(other, finding)))),
  ];
}

function severalLines(platforms: readonly PlatformResult[]): readonly (string | Text)[] {
  const [first, ...others] = platforms;
  const shared = (first?.findings ?? []).filter((finding) =>
    others.every(({ findings }) => findings.some((other) => isSame(other, finding))),
  );
  return [...platforms.flatMap((one) => ['', ...platformLines(one, shared)]), '', ...findingLines(shared)];
}

const isSame = (one: Finding, other: Finding): boolean =>
  one.message === other.message && one.hint === other.hint;

function tradeLines({ trades }: PlatformResult): readonly Text[] {
  return noteLines(
    'traded for size',
    trades.map((trade) => [trade]),
  );
}

function headline({
  rung,
  size,
  toolchain,
  link,
  libc,
  platform,
  proof: { emulation },
}: PlatformResult): Text {
  const how = [link, libc, ...(toolchain === null ? [] : [toolchain])].join(', ');
  const headed = paint('bold', text`${rung}: ${formatBytes(size.uncompressedBytes)}`);
  return text`${headed} uncompressed, ${formatBytes(size.compressedBytes)} compressed, ${size.files} file${size.files === 1 ? '' : 's'}, ${platform}${emulation === null ? '' : ` (${emulation})`} (${how})`;
}

function rejected({ rejected: all }: PlatformResult, { rungs }: Told): readonly Text[] {
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
  { proof: { status, strength, control, sandbox, checks, reason } }: PlatformResult,
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

function written(result: BuildResult, { directory }: ReportSetting): readonly Text[] {
  const { image, debugTwin } = result;
  const parts = result.platforms.length > 1 ? result.platforms : [result];
  const spent = (step: keyof Timings): string =>
    formatDuration(parts.reduce((sum, { timings }) => sum + timings[step], 0));
  const times = `compile ${spent('compileMs')}, analyse ${spent('analyseMs')}, assemble ${spent('assembleMs')}, prove ${spent('proveMs')}`;
  const beside = parts.flatMap(({ evidence }) => evidence?.path ?? []);
  return [
    text`  ${pathFrom(directory, image.path)} (${times})`,
    ...(beside.length === 0
      ? []
      : [
          text`  ${listNames(
            beside.map((path) => pathFrom(directory, path)),
            NAMED_REFERENCES,
          )}: why it is as it is`,
        ]),
    ...(debugTwin === null
      ? []
      : [
          text`  ${pathFrom(directory, debugTwin.path)}: ${listNames(debugTwin.references, NAMED_REFERENCES)}, the same layers and one of tools (${formatBytes(debugTwin.size.uncompressedBytes)})`,
        ]),
  ];
}
