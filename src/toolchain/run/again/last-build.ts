import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readTextIfAny } from '../../../core/read-small-file.ts';
import type { CompilePlan } from '../../plan.ts';
import type { SourceEntry } from '../list-sources.ts';
import { writeText } from '../planned-files.ts';
import { type CompilerCall, inputsOf, isQuestion } from './compiler-calls.ts';

/** What is known of a build in a copy of the sources that ended well: enough to say what an edit makes old. */
export interface LastBuild {
  /** Of plan and machine: another one begins anew. */
  readonly identity: string;
  /** By the clock of the file system. */
  readonly endedMs: number;
  readonly entries: readonly SourceEntry[];
  /** Of all compilers, but for what was compiled and removed again. */
  readonly calls: readonly CompilerCall[];
  /** Sources that were brought into the copy since, and did not compile. */
  readonly pending: readonly string[];
}

const FILE_LIMIT_BYTES = 256 * 1024 * 1024;

export const LAST_BUILD = 'last-build.json';
const fileOf = ({ workDirectory }: CompilePlan): string => join(workDirectory, LAST_BUILD);

/** Taken away while there is work; null where there is none, or it is of something else. */
export function takeLastBuild(plan: CompilePlan, identity: string): LastBuild | null {
  const path = fileOf(plan);
  const text = readTextIfAny(path, FILE_LIMIT_BYTES);
  rmSync(path, { force: true, recursive: true });
  try {
    const last = JSON.parse(text ?? 'null') as LastBuild | null;
    return last?.identity === identity ? last : null;
  } catch {
    return null;
  }
}

/** Errors: WRITE_FAILED, DISK_FULL. */
export function keepLastBuild(plan: CompilePlan, last: Omit<LastBuild, 'endedMs'>): void {
  const path = fileOf(plan);
  // The file system's own clock, with which times of sources are compared.
  writeText(path, '', 0o644);
  const endedMs = lstatSync(path).mtimeMs;
  writeText(path, JSON.stringify({ ...last, endedMs }), 0o644);
}

/** The same with the state of some sources that were brought into the copy; what else was made stays as old as it was. */
export function keepPending(plan: CompilePlan, last: LastBuild, edited: readonly SourceEntry[]): void {
  const byPath = new Map(edited.map((entry) => [entry.path, entry]));
  const entries = last.entries.map((entry) => byPath.get(entry.path) ?? entry);
  const pending = [...new Set([...last.pending, ...byPath.keys()])];
  writeText(fileOf(plan), JSON.stringify({ ...last, entries, pending }), 0o644);
}

/** Tests of the compiler by configure and questions are over. */
export function lastingCalls(calls: readonly CompilerCall[]): readonly CompilerCall[] {
  const known = new Map<string, boolean>();
  const exists = (path: string): boolean => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const found = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    known.set(path, found);
    return found;
  };
  return calls.filter((call) => !isQuestion(call) && inputsOf(call).some(exists));
}
