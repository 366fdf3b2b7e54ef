import { MorselError } from '../../core/errors.ts';
import { type HintedPath, isOfNeed, type Need } from '../../needs/index.ts';
import { parseEnvironment } from '../../oci/index.ts';
import {
  entryFromTree,
  type FileTree,
  type LayerDirectory,
  type LayerEntry,
  type LayerFile,
  type LayerSymlink,
  mergeEntries,
} from '../../rootfs/index.ts';
import { type Finding, withoutRepetition } from '../../core/finding.ts';
import { isAtOrBelow } from '../../core/is-below.ts';
import type { Placement } from '../candidates/candidate.ts';
import type { BuildRequest } from '../request/build-request.ts';
import { needChoiceFindings } from './need-choice-findings.ts';
import { hintFinding } from './hint-finding.ts';
import type { ImagePlan, PlacedProgram } from './image-plan.ts';
import { userOf } from './plan-config.ts';
import { type ProgramPart, planProgram } from './plan-program.ts';
import type { PlanMaterial, ProgramMaterial } from './read-material.ts';
import type { Lacking } from './lacking.ts';
import { relativeFilesFinding } from './relative-files.ts';
import { layOutLibraries, unionOfNeeds } from './union-of-programs.ts';

/** The files of the layer, each with its reason, and what the programs will find around them. */
export interface RootPlan {
  readonly entries: readonly LayerEntry[];
  readonly env: Readonly<Record<string, string>>;
  readonly programs: ImagePlan['programs'];
  /** Of this machine. */
  readonly libraryFiles: readonly string[];
  readonly needs: readonly Need[];
  readonly lacking: Lacking;
  readonly findings: readonly Finding[];
}

/**
 * Decides what goes into the image beside its programs: their libraries by the loader's own search, and the files that they
 * will want at run time, where their bytes show that they will. The same material gives the same plan; files are looked
 * for in its tree alone. Errors: WONT_RUN when libraries cannot be laid out; NOT_FOUND of a time zone; USAGE where two
 * programs want different things at one path.
 */
export function planRoot(request: BuildRequest, material: PlanMaterial, placement: Placement): RootPlan {
  const { added, tree } = material;
  const env = { ...request.run.env, ...zoneEnvironment(request) };
  const [first, ...others] = material.programs;
  const parts = [
    planProgram(request, material, first, placement, env),
    ...others.map((program) => planProgram(request, material, program, placement, env)),
  ] as const;
  const libraries = layOutLibraries(parts);
  const supplied = parts.flatMap((part) => part.supplied);
  const zone = placement.kind === 'bare' ? [] : zoneEntries(request, supplied, tree);
  const besideLibraries = [...supplied, ...zone].filter(
    ({ path }) =>
      !isOnBase(placement, path) || (request.authorities.length > 0 && isOfNeed('ca-certificates', path)),
  );
  const entries = [
    ...parts.flatMap(({ material: { file, startedPath } }) => [
      file,
      ...(startedPath === file.path ? [] : [linkTo(file, startedPath)]),
    ]),
    ...mergeEntries(withoutPaths([...libraries.entries, ...besideLibraries], added)),
    ...added,
  ];
  const paths = entries.map(({ path }) => path);
  const unmet = parts.flatMap((part) => part.unmet);
  const names = parts.flatMap((part) => part.names);
  const hints = placement.kind === 'scratch' ? hintsOf(parts) : [];
  const needs = unionOfNeeds(parts.map((part) => part.needs));
  const choices = needChoiceFindings(request, needs);
  return {
    entries: [...entries, ...ownDirectories(request, placement, entries)],
    env: {
      ...baseEnvironment(placement),
      ...parts.reduceRight((all, part) => ({ ...all, ...part.env }), {}),
      ...zoneEnvironment(request),
    },
    programs: [placeOf(first), ...others.map(placeOf)],
    libraryFiles: libraries.files,
    needs,
    lacking: { needs: unmet, hints, names, leftOut: request.needs.leftOut },
    findings: withoutRepetition([
      ...unmet.map(({ finding }) => finding),
      ...libraries.findings,
      ...[hintFinding(hints, names, paths) ?? []].flat(),
      ...material.programs.flatMap((one) => relativeFiles(request, one, tree, paths)),
      ...material.programs.flatMap(({ findings }) => findings),
      ...choices,
    ]),
  };
}

function placeOf({ program, startedPath }: ProgramMaterial): PlacedProgram {
  return { source: program.path, path: startedPath, facts: program.facts };
}

/** The name by which the program was given, where that was a link and what it does may depend on it (`unxz` of xz). */
function linkTo({ path: target }: LayerFile, path: string): LayerSymlink {
  return {
    kind: 'symlink',
    path,
    target,
    reason: `the name by which the program is started: a link to ${target}`,
  };
}

/** `--workdir` and volumes are the user's own to write in, where nothing else says what they are: what is added, or a base. */
function ownDirectories(
  { run }: BuildRequest,
  placement: Placement,
  entries: readonly LayerEntry[],
): readonly LayerDirectory[] {
  const workdir = run.workdir === null ? '/' : `/${run.workdir.split('/').filter(isComponent).join('/')}`;
  const isThere = (path: string): boolean => isOnBase(placement, path);
  const directory = (path: string, reason: string): LayerDirectory => {
    return { kind: 'directory', path, mode: 0o755, ...userOf(run), reason };
  };
  // What lies in a volume does not say whose the volume is.
  const volumes = run.volumes.filter(
    (path) => !isThere(path) && entries.every((entry) => entry.path !== path),
  );
  const isOthers = workdir === '/' || isThere(workdir) || volumes.includes(workdir);
  return [
    ...(isOthers || entries.some(({ path }) => isAtOrBelow(path, workdir))
      ? []
      : [directory(workdir, `--workdir ${workdir}`)]),
    ...volumes.map((path) => directory(path, `--volume ${path}`)),
  ];
}

const isComponent = (name: string): boolean => name !== '' && name !== '.';

/** Each path once. */
function hintsOf(parts: readonly ProgramPart[]): readonly HintedPath[] {
  return [...new Map(parts.flatMap((part) => part.hints).map((hint) => [hint.path, hint])).values()];
}

function relativeFiles(
  { project: { directory }, run }: BuildRequest,
  { program }: ProgramMaterial,
  tree: FileTree,
  inImage: readonly string[],
): readonly Finding[] {
  const found = relativeFilesFinding({ program, directory, tree, workdir: run.workdir ?? '/', inImage });
  return found === null ? [] : [found];
}

/** The zone that was asked for is packed also where no program's bytes show that it is read. */
function zoneEntries(
  { timeZone }: BuildRequest,
  supplied: readonly LayerEntry[],
  tree: FileTree,
): readonly LayerEntry[] {
  // Every libc knows UTC without a file.
  if (timeZone === null || timeZone === 'UTC') return [];
  const path = `/usr/share/zoneinfo/${timeZone}`;
  if (supplied.some((entry) => entry.path === path)) return [];
  if (tree.resolve(path)?.entry.kind !== 'file') {
    throw new MorselError('NOT_FOUND', `this machine has no data of the time zone ${timeZone}: ${path}`, {
      hint: 'check the name of the zone; the data comes with the package tzdata',
    });
  }
  return [entryFromTree(tree, path, path, { reason: `--tz ${timeZone}`, mode: 0o644 })];
}

function zoneEnvironment({ timeZone }: BuildRequest): Readonly<Record<string, string>> {
  return timeZone === null ? {} : { TZ: timeZone };
}

/** A base's own environment stays; PATH and the rest of what the program needs is laid over it. */
function baseEnvironment(placement: Placement): Readonly<Record<string, string>> {
  return placement.kind === 'base' ? parseEnvironment(placement.base.config.Env) : {};
}

function isOnBase(placement: Placement, path: string): boolean {
  return placement.kind === 'base' && placement.base.tree.lstat(path) !== null;
}

/** What the user adds wins over what morsel would supply. */
function withoutPaths(entries: readonly LayerEntry[], others: readonly LayerEntry[]): readonly LayerEntry[] {
  const taken = new Set(others.map((entry) => entry.path));
  return entries.filter((entry) => !taken.has(entry.path));
}
