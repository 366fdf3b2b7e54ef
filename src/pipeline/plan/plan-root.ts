import { MorselError } from '../../core/errors.ts';
import { isFulfilledByPaths, type Need, type NeedSupply, supplyNeeds } from '../../needs/index.ts';
import { parseEnvironment } from '../../oci/index.ts';
import {
  entryFromTree,
  type LayerDirectory,
  type LayerEntry,
  type LayerFile,
  type LayerSymlink,
} from '../../rootfs/index.ts';
import type { Finding } from '../../core/finding.ts';
import { isAtOrBelow } from '../../core/is-below.ts';
import type { Placement } from '../candidates/candidate.ts';
import type { BuildRequest } from '../request/build-request.ts';
import { userOf } from './plan-config.ts';
import { hintFinding } from './hint-finding.ts';
import type { Lacking } from './lacking.ts';
import { relativeFilesFinding } from './relative-files.ts';
import type { PlanMaterial } from './read-material.ts';

/** The files of the layer, each with its reason, and what the program will find around it. */
export interface RootPlan {
  readonly entries: readonly LayerEntry[];
  readonly env: Readonly<Record<string, string>>;
  readonly programPath: string;
  /** Of this machine. */
  readonly libraryFiles: readonly string[];
  readonly needs: readonly Need[];
  readonly lacking: Lacking;
  readonly findings: readonly Finding[];
}

/**
 * Decides what goes into the image beside the program: its libraries by the loader's own search, and the files that it
 * will want at run time, where its bytes show that it will. The same material gives the same plan; files are looked
 * for in its tree alone. Errors: WONT_RUN when libraries cannot be laid out; NOT_FOUND of a time zone.
 */
export function planRoot(request: BuildRequest, material: PlanMaterial, placement: Placement): RootPlan {
  const { programFile, startedPath, added } = material;
  const env = { ...request.run.env, ...zoneEnvironment(request) };
  const needs = placement.kind === 'bare' ? [] : material.needs(env);
  const supply = supplyNeeds(needs, {
    host: material.tree,
    env,
    user: userOf(request.run),
    dynamic: material.isDynamic,
  });
  const wanted = placement.kind === 'bare' ? [] : withZone(request, supply.entries, material);
  const supplied = wanted.filter((entry) => !isOnBase(placement, entry.path));
  const inImage = namedAsInImage(material);
  const libraries = material.libraries(
    supply.libraries.map((library) => ({ ...library, reason: inImage(library.reason) })),
  );
  const entries = [
    programFile,
    ...(startedPath === programFile.path ? [] : [linkTo(programFile, startedPath)]),
    ...withoutPaths(libraries.entries, added),
    ...withoutPaths(supplied, added).map((entry) => ({ ...entry, reason: inImage(entry.reason) })),
    ...added,
  ];
  const hints = placement.kind === 'scratch' ? material.hints(needs) : [];
  const paths = entries.map(({ path }) => path);
  const names = namesOf(material);
  const unmet = supply.findings
    .filter((finding) => !isAdded(finding, needs, added))
    .map((finding) => ({ need: finding.need, finding: supplyFinding(finding, inImage) }));
  return {
    entries: [...entries, ...workingDirectory(request, placement, entries)],
    env: { ...baseEnvironment(placement), ...supply.env, ...zoneEnvironment(request) },
    programPath: startedPath,
    libraryFiles: libraries.files,
    needs: needs.map((need) => ({ ...need, evidence: inImage(need.evidence) })),
    lacking: { needs: unmet, hints, names },
    findings: [
      ...unmet.map(({ finding }) => finding),
      ...libraries.findings,
      ...[hintFinding(hints, names, paths) ?? []].flat(),
      ...relativeFiles(request, material, paths),
      ...material.findings,
    ],
  };
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

/**
 * `--workdir` is the user's own to write in, where nothing else says what it is: what is added, what lies in it, a base.
 */
function workingDirectory(
  { run }: BuildRequest,
  placement: Placement,
  entries: readonly LayerEntry[],
): readonly LayerDirectory[] {
  const path = run.workdir === null ? '/' : `/${run.workdir.split('/').filter(isComponent).join('/')}`;
  const isThere = (entry: LayerEntry): boolean => isAtOrBelow(entry.path, path);
  if (path === '/' || entries.some(isThere) || isOnBase(placement, path)) return [];
  return [{ kind: 'directory', path, mode: 0o755, ...userOf(run), reason: `--workdir ${path}` }];
}

const isComponent = (name: string): boolean => name !== '' && name !== '.';

/** Evidence quotes files of this machine; the report speaks of the image, and reads the same on every machine. */
function namedAsInImage(material: PlanMaterial): (text: string) => string {
  const names = namesOf(material).map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const pattern = new RegExp(names.join('|'), 'g');
  return (text) => text.replace(pattern, () => material.programFile.path);
}

/** The longest first, and each place once: `/usr/bin/app` has `/bin/app` in it, where /bin is a link. */
function namesOf({ program, tree }: PlanMaterial): readonly string[] {
  const given = [program.path, program.linkedPath];
  const real = given.flatMap((name) => [tree.resolve(name)?.path ?? [], tree.hostPath?.(name) ?? []]).flat();
  return [...new Set([...real, ...given])].sort((a, b) => b.length - a.length);
}

function supplyFinding(
  { message, hint }: NeedSupply['findings'][number],
  inImage: (text: string) => string,
): Finding {
  return { level: 'warning', message: inImage(message), hint: inImage(hint) };
}

function relativeFiles(
  { project: { directory }, run }: BuildRequest,
  { program, tree }: PlanMaterial,
  inImage: readonly string[],
): readonly Finding[] {
  const found = relativeFilesFinding({ program, directory, tree, workdir: run.workdir ?? '/', inImage });
  return found === null ? [] : [found];
}

/** What the user adds is not missing: a shell, or a driver's libraries. */
function isAdded(
  { need: name }: NeedSupply['findings'][number],
  needs: readonly Need[],
  added: readonly LayerEntry[],
): boolean {
  const paths = added.map(({ path }) => path);
  if (isFulfilledByPaths(name, paths)) return true;
  const libraries = needs.find(({ need }) => need === name)?.details?.['libraries']?.split(' ') ?? [];
  const isThere = (library: string): boolean => paths.some((path) => path.endsWith(`/${library}`));
  return libraries.length > 0 && libraries.every(isThere);
}

/** The zone that was asked for is packed also where the program's bytes do not show that it is read. */
function withZone(
  { timeZone }: BuildRequest,
  entries: readonly LayerEntry[],
  { tree }: PlanMaterial,
): readonly LayerEntry[] {
  // Every libc knows UTC without a file.
  if (timeZone === null || timeZone === 'UTC') return entries;
  const path = `/usr/share/zoneinfo/${timeZone}`;
  if (entries.some((entry) => entry.path === path)) return entries;
  if (tree.resolve(path)?.entry.kind !== 'file') {
    throw new MorselError('NOT_FOUND', `this machine has no data of the time zone ${timeZone}: ${path}`, {
      hint: 'check the name of the zone; the data comes with the package tzdata',
    });
  }
  return [...entries, entryFromTree(tree, path, path, { reason: `--tz ${timeZone}`, mode: 0o644 })];
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
