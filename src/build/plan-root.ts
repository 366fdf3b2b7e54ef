import { statSync } from 'node:fs';
import { openByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { parseEnvironment } from '../oci/index.ts';
import type { BaseImage } from '../base/index.ts';
import { addLibrary, type Closure, closureEntries, findClosure } from '../loader/index.ts';
import { findClosureNeeds, findNeeds, type Need, type NeedSupply, supplyNeeds } from '../needs/index.ts';
import {
  directoryTree,
  entriesFromHost,
  entryFromFile,
  type FileTree,
  type LayerEntry,
  readCapability,
} from '../rootfs/index.ts';
import { addLibrariesOf } from './added-libraries.ts';
import type { RungProgram } from './attempt-rung.ts';
import type { BuildRequest } from './build-request.ts';
import type { Finding } from './build-result.ts';
import { programPath } from './image-plan.ts';

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
  // Another program answers: asked first, heard last.
  const capability = capabilityOf(program);
  const host = directoryTree('/');
  const dynamic = program.facts.interpreter !== null && placement.kind === 'scratch';
  const closure = dynamic ? completeClosure(host, program.linkedPath) : null;
  const path = imagePathOf(program, closure);
  const supply = placement.kind === 'bare' ? NOTHING : supplyFor(request, program, closure, host);
  const extended = supply.libraries.reduce(
    (sum, { name, reason }) => (sum === null ? null : addLibrary(sum, name, reason)),
    closure,
  );
  const added = request.add.flatMap(addedEntries);
  const { closure: whole, findings: unloadable } =
    placement.kind === 'scratch' ? addLibrariesOf(extended, added) : { closure: extended, findings: [] };
  const libraries = whole === null ? [] : closureEntries(whole, { programPath: path });
  const wanted = placement.kind === 'bare' ? [] : withZone(request, supply.entries);
  const supplied = wanted.filter((entry) => !isOnBase(placement, entry.path));
  const xattrs = await capability;
  // Evidence quotes files of this machine; the report speaks of the image, and reads the same on every machine.
  const inImage = (text: string): string =>
    text.replaceAll(program.linkedPath, path).replaceAll(program.path, path);
  const findings = [
    ...supply.findings.map(({ message, hint }) => ({
      level: 'warning' as const,
      message: inImage(message),
      hint: inImage(hint),
    })),
    ...unloadable,
  ];
  return {
    entries: [
      programEntry(program, path, xattrs ?? {}),
      ...withoutPaths(libraries, added),
      ...withoutPaths(supplied, added).map((entry) => ({ ...entry, reason: inImage(entry.reason) })),
      ...added,
    ],
    env: { ...baseEnvironment(placement), ...supply.env, ...zoneEnvironment(request) },
    programPath: path,
    findings: xattrs === null ? [...findings, CAPABILITY_UNKNOWN] : findings,
  };
}

const NOTHING: NeedSupply = { entries: [], env: {}, libraries: [], findings: [] };

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

/** hazards.md 2: what the loader of this machine finds is what the image gets; what it does not find ends the rung. */
function completeClosure(host: FileTree, path: string): Closure {
  const closure = findClosure({ tree: host, path });
  if (closure.interpreter !== null && closure.interpreter.file === null) {
    throw new MorselError(
      'WONT_RUN',
      `${path} asks for the loader ${closure.interpreter.path}, which is not on this machine`,
      {
        hint: 'install the C library that it was linked with, or build it from its sources',
      },
    );
  }
  const missing = [...new Set(closure.missing.map(({ name }) => name))];
  if (missing.length > 0) {
    throw new MorselError(
      'WONT_RUN',
      `${path} needs ${missing.join(', ')}, which this machine does not have`,
      {
        hint: 'install the packages that bring these libraries; `morsel ldd --tree` shows who needs them',
      },
    );
  }
  const failure = closure.failures[0];
  if (failure !== undefined)
    throw new MorselError('WONT_RUN', `${failure.path}: ${failure.message} (needed by ${failure.neededBy})`);
  return closure;
}

/**
 * A ready program whose search paths are relative to itself stays where it is, since it may look for more than libraries
 * there. One that was compiled here does not: its libraries are gathered, and the cache's path is nobody's business.
 */
function imagePathOf(program: RungProgram, closure: Closure | null): string {
  const stays = program.toolchain === null && closure !== null && usesOrigin(closure);
  return stays ? closure.realPath : programPath(program.path);
}

function usesOrigin(closure: Closure): boolean {
  const { rpath, runpath } = closure.link;
  return (
    `${rpath ?? ''}${runpath ?? ''}`.includes('$ORIGIN') ||
    `${rpath ?? ''}${runpath ?? ''}`.includes('${ORIGIN}')
  );
}

function supplyFor(
  request: BuildRequest,
  program: RungProgram,
  closure: Closure | null,
  host: FileTree,
): NeedSupply {
  const env = { ...request.run.env, ...zoneEnvironment(request) };
  const needs = closure === null ? needsOfFile(program, env) : findClosureNeeds(closure, env);
  const [uid = 0, gid = 0] = request.run.user.split(':').map(Number);
  return supplyNeeds(needs, { host, env, user: { uid, gid }, dynamic: closure !== null });
}

function needsOfFile({ path, facts }: RungProgram, env: Readonly<Record<string, string>>): readonly Need[] {
  const source = openByteSource(path);
  try {
    return findNeeds({ facts, source, env });
  } finally {
    source.close();
  }
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

function addedEntries({ source, destination, mode }: BuildRequest['add'][number]): readonly LayerEntry[] {
  return entriesFromHost(source, destination, { reason: `--add ${source}`, mode: mode ?? undefined });
}

/** What the user adds wins over what morsel would supply. */
function withoutPaths(entries: readonly LayerEntry[], others: readonly LayerEntry[]): readonly LayerEntry[] {
  const taken = new Set(others.map((entry) => entry.path));
  return entries.filter((entry) => !taken.has(entry.path));
}
