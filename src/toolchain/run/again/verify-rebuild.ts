import { lstatSync, realpathSync } from 'node:fs';
import {
  type CompilerCall,
  inputsOf,
  isProgramLink,
  isQuestion,
  keyOfCall,
  outputsOf,
} from './compiler-calls.ts';
import type { LastBuild } from './last-build.ts';

/**
 * Whether a build after an edit has made all anew that compilers make of it, whatever its rules know: each call that read an
 * edited source was made again, word by word; nothing is older than what it was made of; and no program but the image's own
 * was linked, since the build may run others to make more sources.
 */
export function isWholeRebuild(
  edited: readonly string[],
  last: LastBuild,
  made: readonly CompilerCall[],
  programs: readonly string[],
): boolean {
  const again = new Set(made.map(keyOfCall));
  const readers = last.calls.filter((call) => inputsOf(call).some((path) => edited.includes(path)));
  if (!readers.every((call) => again.has(keyOfCall(call)))) return false;
  const own = new Set(programs.map((path) => realpathSync(path)));
  const linked = made.filter((call) => isProgramLink(call) && !isQuestion(call));
  const isOwn = (path: string): boolean => isThere(path) && own.has(realpathSync(path));
  if (!linked.every((call) => outputsOf(call)?.every(isOwn) === true)) return false;
  return mergedCalls(last.calls, made).every(isUpToDate);
}

/** What was called last with the same words counts once. */
export function mergedCalls(
  before: readonly CompilerCall[],
  made: readonly CompilerCall[],
): readonly CompilerCall[] {
  return [...new Map([...before, ...made].map((call) => [keyOfCall(call), call])).values()];
}

/** A product that was moved away is not known to be old; one whose words are in a file is not known at all. */
function isUpToDate(call: CompilerCall): boolean {
  if (isQuestion(call)) return true;
  const outputs = outputsOf(call);
  if (outputs === null) return call.args.includes('-E') && !call.args.some((word) => word.startsWith('@'));
  const times = outputs.flatMap((path) => timeOf(path) ?? []);
  return times.every((time) => inputsOf(call).every((input) => timeOfFile(input) <= time));
}

/** A folder, as a separate word after `-I`, is none of it. */
function timeOfFile(path: string): bigint {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat?.isFile() === true ? stat.mtimeNs : 0n;
}

function isThere(path: string): boolean {
  return timeOf(path) !== null;
}

function timeOf(path: string): bigint | null {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? null;
}
