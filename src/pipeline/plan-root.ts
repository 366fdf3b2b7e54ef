import { statSync } from 'node:fs';
import { MorselError } from '../core/errors.ts';
import { parseEnvironment } from '../oci/index.ts';
import type { BaseImage } from '../base/index.ts';
import { type NeedSupply, supplyNeeds } from '../needs/index.ts';
import {
  directoryTree,
  entriesFromHost,
  entryFromFile,
  type FileTree,
  type LayerEntry,
  readCapability,
} from '../rootfs/index.ts';
import { addedEntries } from './added-paths.ts';
import type { RungProgram } from './attempt-rung.ts';
import type { BuildRequest } from './build-request.ts';
import type { Finding } from '../core/finding.ts';
import type { LibraryEntries } from './closure-of-program.ts';
import { type LoadedProgram, programOfItself } from './loaded-program.ts';

/** What the program is put on: nothing (with its closure), nothing at all, or a base. */
export type Placement =
  | { readonly kind: 'scratch' }
  /** The program alone, as a `COPY` to scratch ships it. */
  | { readonly kind: 'bare' }
  | { readonly kind: 'base'; readonly base: BaseImage };

/** The files of the layer, each with its reason, and what the program will find around it. */
export interface RootPlan {
  readonly entries: readonly LayerEntry[];
  readonly env: Readonly<Record<string, string>>;
  readonly programPath: string;
  readonly findings: readonly Finding[];
}

/**
 * Decides what goes into the image beside the program: its libraries by the loader's own search, and the files that it
 * will want at run time, where its bytes show that it will. Errors: WONT_RUN when a library is not on this machine.
 */
export async function planRoot(
  request: BuildRequest,
  program: RungProgram,
  placement: Placement,
): Promise<RootPlan> {
  const host = directoryTree('/');
  const loaded = await loadedProgram(program, placement, host);
  const { path } = loaded;
  const supply = placement.kind === 'bare' ? NOTHING : supplyFor(request, loaded, host);
  const added = addedEntries(request.add);
  const libraries = placement.kind === 'scratch' ? await librariesFor(loaded, supply, added) : NO_LIBRARIES;
  const wanted = placement.kind === 'bare' ? [] : withZone(request, supply.entries);
  const supplied = wanted.filter((entry) => !isOnBase(placement, entry.path));
  const xattrs = await capabilityOf(program);
  // Evidence quotes files of this machine; the report speaks of the image, and reads the same on every machine.
  const inImage = (text: string): string =>
    text.replaceAll(program.linkedPath, path).replaceAll(program.path, path);
  const findings = [
    ...supply.findings.map(({ message, hint }) => ({
      level: 'warning' as const,
      message: inImage(message),
      hint: inImage(hint),
    })),
    ...libraries.findings,
  ];
  return {
    entries: [
      programEntry(program, path, xattrs ?? {}),
      ...withoutPaths(libraries.entries, added),
      ...withoutPaths(supplied, added).map((entry) => ({ ...entry, reason: inImage(entry.reason) })),
      ...added,
    ],
    env: { ...baseEnvironment(placement), ...supply.env, ...zoneEnvironment(request) },
    programPath: path,
    findings: xattrs === null ? [...findings, CAPABILITY_UNKNOWN] : findings,
  };
}

const NOTHING: NeedSupply = { entries: [], env: {}, libraries: [], findings: [] };
const NO_LIBRARIES: LibraryEntries = { entries: [], findings: [] };

/** Only a program that is loaded in this image has its libraries looked for; the loader's part is not loaded before. */
async function loadedProgram(
  program: RungProgram,
  placement: Placement,
  host: FileTree,
): Promise<LoadedProgram> {
  if (program.facts.interpreter === null || placement.kind !== 'scratch') return programOfItself(program);
  const { programWithClosure } = await import('./closure-of-program.ts');
  return programWithClosure(program, host);
}

/** Those of the program, and those of what the user adds: a plugin has needs of its own. */
async function librariesFor(
  loaded: LoadedProgram,
  supply: NeedSupply,
  added: readonly LayerEntry[],
): Promise<LibraryEntries> {
  if (loaded.closure === null && added.length === 0) return NO_LIBRARIES;
  const { libraryEntries } = await import('./closure-of-program.ts');
  return libraryEntries(loaded, supply.libraries, added);
}

function programEntry(
  program: RungProgram,
  path: string,
  xattrs: Readonly<Record<string, Buffer>>,
): LayerEntry {
  const reason = program.toolchain === null ? 'the program' : `the program, by ${program.toolchain}`;
  const entry = entryFromFile(program.path, path, { reason, mode: 0o755 });
  return Object.keys(xattrs).length === 0
    ? entry
    : { ...entry, xattrs, reason: `${reason}, with its file capabilities` };
}

/** A linker gives none; a program that was installed may have some (`ping`). null: this machine cannot tell. */
function capabilityOf(program: RungProgram): Promise<Readonly<Record<string, Buffer>> | null> {
  return program.toolchain === null ? readCapability(program.path) : Promise.resolve({});
}

const CAPABILITY_UNKNOWN: Finding = {
  level: 'info',
  message: 'file capabilities of the program are not known: they are read by GNU tar, which is not here',
  hint: 'install GNU tar if the program was given some by setcap',
};

function supplyFor(request: BuildRequest, loaded: LoadedProgram, host: FileTree): NeedSupply {
  const env = { ...request.run.env, ...zoneEnvironment(request) };
  const [uid = 0, gid = 0] = request.run.user.split(':').map(Number);
  return supplyNeeds(loaded.needs(env), { host, env, user: { uid, gid }, dynamic: loaded.closure !== null });
}

/** The zone that was asked for is packed also where the program's bytes do not show that it is read. */
function withZone({ timeZone }: BuildRequest, entries: readonly LayerEntry[]): readonly LayerEntry[] {
  // Every libc knows UTC without a file.
  if (timeZone === null || timeZone === 'UTC') return entries;
  const path = `/usr/share/zoneinfo/${timeZone}`;
  if (entries.some((entry) => entry.path === path)) return entries;
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new MorselError('NOT_FOUND', `this machine has no data of the time zone ${timeZone}: ${path}`, {
      hint: 'check the name of the zone; the data comes with the package tzdata',
    });
  }
  return [...entries, ...entriesFromHost(path, path, { reason: `--tz ${timeZone}` })];
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
