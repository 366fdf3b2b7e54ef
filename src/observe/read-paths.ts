import {
  FILE_CALLS,
  type FileCall,
  NOT_THERE,
  ONLY_WHEN_THERE,
  type PathArgument,
  REFUSED,
  usesOfFlags,
} from './file-calls.ts';
import type { FoundPaths } from './found-paths.ts';
import type { Gaps } from './gaps.ts';
import { demandsDirectory, type Directory, lookUpPath } from './look-up-path.ts';
import { parseDescriptor, parseQuoted } from './strace-text.ts';
import type { Standpoint } from './tasks.ts';
import type { TraceCall } from './trace-call.ts';

/** A path of a call, as far as it is told. */
interface Asked {
  /** Undefined where it cannot be told from where it was looked up, or it was cut. */
  readonly path: string | undefined;
  readonly demandsDirectory: boolean;
  /** Nothing was named but a descriptor. */
  readonly isDescriptor?: boolean;
  readonly why?: 'cutPath' | 'unknownDirectory';
}

/** What the calls of `FILE_CALLS` ask for and get. */
export class PathReader {
  readonly #found: FoundPaths;
  readonly #gaps: Gaps;

  constructor(found: FoundPaths, gaps: Gaps) {
    this.#found = found;
    this.#gaps = gaps;
  }

  /** Answers false for a call that is none of files. */
  read(call: TraceCall, from: Standpoint): boolean {
    const kind = FILE_CALLS.get(call.name);
    if (kind === undefined) return false;
    for (const { at } of kind.paths) if (at !== undefined) followDirectory(call.args[at], from);
    if (!from.isElsewhere) this.#readPaths(call, kind, from);
    return true;
  }

  #readPaths(call: TraceCall, kind: FileCall, from: Standpoint): void {
    switch (call.result.kind) {
      case 'none':
        return;
      case 'success':
        for (const argument of kind.paths) this.#readSuccess(call, kind, argument, from);
        return;
      case 'error':
        this.#readError(call, kind, call.result.errno, from);
    }
  }

  #readSuccess(call: TraceCall, kind: FileCall, argument: PathArgument, from: Standpoint): void {
    const uses = kind.openFlags === undefined ? [argument.use] : usesOfFlags(call.args[kind.openFlags] ?? '');
    if (uses === null) return this.#gaps.add('damagedLine');
    const asked = askedPath(call, argument, from);
    // Where the descriptor leads that the call gave: the end of all links.
    const told = call.result.kind === 'success' ? call.result.path : undefined;
    const opened = told === undefined ? undefined : lookUpPath(told, undefined);
    if (asked?.path === undefined) {
      if (opened !== undefined) this.#found.addFound(opened, uses);
      else if (asked?.why !== undefined) this.#gaps.add(asked.why);
      return;
    }
    if (asked.isDescriptor === true) this.#found.addUnnamed(asked.path, uses);
    else this.#found.addFound(asked.path, uses);
    if (opened !== undefined) this.#found.addUnnamed(opened, uses);
  }

  #readError(call: TraceCall, kind: FileCall, errno: string, from: Standpoint): void {
    const last = kind.paths.at(-1);
    if (last === undefined) return;
    if (isThere(call, kind, errno)) {
      const asked = askedPath(call, last, from);
      if (asked?.path === undefined) return;
      this.#found.addFound(asked.path, ['isStatted']);
      if (errno === 'ENOEXEC') this.#found.addNotExecuted(asked.path);
      return;
    }
    // Of two paths nobody says which of them it was.
    if (kind.paths.length > 1) return;
    const asked = askedPath(call, last, from);
    if (asked?.path === undefined) return;
    if (REFUSED.has(errno)) this.#found.addRefused(asked.path);
    else if (isMissing(call, kind, errno, asked)) this.#found.addMissed(asked.path);
  }
}

function isThere(call: TraceCall, kind: FileCall, errno: string): boolean {
  // A buffer of no bytes is EINVAL before anything is looked up (readlink(2)).
  if (errno === 'EINVAL' && call.args.at(-1) === '0') return false;
  return ONLY_WHEN_THERE.has(errno) || kind.there?.includes(errno) === true;
}

function isMissing(call: TraceCall, kind: FileCall, errno: string, asked: Asked): boolean {
  if (!NOT_THERE.has(errno)) return false;
  if (errno !== 'ENOTDIR') return true;
  const wantsDirectory =
    kind.wantsDirectory === true ||
    (kind.openFlags !== undefined && /\bO_(DIRECTORY|TMPFILE)\b/.test(call.args[kind.openFlags] ?? ''));
  return !wantsDirectory && !asked.demandsDirectory;
}

/** Undefined where no path was given: a pointer to nothing, something that is only a descriptor. */
function askedPath(call: TraceCall, argument: PathArgument, from: Standpoint): Asked | undefined {
  const quoted = parseQuoted(call.args[argument.path] ?? '');
  const at = argument.at === undefined ? undefined : parseDescriptor(call.args[argument.at] ?? '');
  if (quoted?.isCut === true) return { path: undefined, demandsDirectory: false, why: 'cutPath' };
  const directory = at === undefined || at?.isWorkingDirectory === true ? from.cwd : directoryOf(at?.path);
  // AT_EMPTY_PATH, and utimensat(fd, NULL, …): what the descriptor is of.
  if (quoted === null || quoted.text === '')
    return ofDescriptor(call, argument, at === undefined ? undefined : directory);
  const path = lookUpPath(quoted.text, directory);
  const demands = demandsDirectory(quoted.text);
  if (path !== undefined) return { path, demandsDirectory: demands };
  // In a directory that is gone there is nothing but what was before.
  return {
    path,
    demandsDirectory: demands,
    ...(at?.isDeleted === true ? {} : { why: 'unknownDirectory' as const }),
  };
}

/** Attributes of what is open already are no question for a name: libc asks for them after each open. */
function ofDescriptor(
  call: TraceCall,
  { use }: PathArgument,
  directory: Directory | undefined,
): Asked | undefined {
  if (call.result.kind !== 'success' || directory === undefined || use === 'isStatted') return undefined;
  const path = lookUpPath('.', directory);
  return path === undefined ? undefined : { path, demandsDirectory: false, isDescriptor: true };
}

function directoryOf(path: string | undefined): Directory | undefined {
  return path === undefined ? undefined : { path, isReal: true };
}

/** `AT_FDCWD</usr>` tells where the process is. */
function followDirectory(argument: string | undefined, from: Standpoint): void {
  if (argument?.startsWith('AT_FDCWD<') !== true) return;
  const told = argument.slice('AT_FDCWD<'.length, -1);
  // Most calls tell what is known; so does a directory of which only the name ends with ` (deleted)`.
  if (from.cwd?.path === told) {
    if (!from.cwd.isReal) from.cwd = { path: told, isReal: true };
    return;
  }
  const directory = parseDescriptor(argument);
  if (directory !== null) from.cwd = directoryOf(directory.path);
}
