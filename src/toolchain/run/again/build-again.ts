import { basename, join } from 'node:path';
import { MorselError } from '../../../core/errors.ts';
import { callsFolder } from '../../left-out-words.ts';
import type { CompilePlan } from '../../plan.ts';
import { CompileFailure } from '../compile-failure.ts';
import type { Prepared } from '../prepare-work.ts';
import { type CompilerCall, readCalls } from './compiler-calls.ts';
import { keepLastBuild, keepPending, lastingCalls } from './last-build.ts';
import { isWholeRebuild, mergedCalls } from './verify-rebuild.ts';

/** A build that went on from an older one, and may not have made all of it anew. */
class GoneStale extends Error {}

/**
 * All calls of which what lies in the copy now was made; null where they are not known. Throws where a build after an edit
 * is not sure to be what a clean one would be: it is not to be seen outside.
 */
export function callsOf(
  plan: CompilePlan,
  { edits, last, isBuilt, sources }: Prepared,
  programs: readonly string[],
): readonly CompilerCall[] | null {
  if (sources === null) return null;
  const made = readCalls(callsFolder(plan.workDirectory));
  if (edits !== null && last !== null) {
    const edited = edits.entries.map(({ path }) => join(sources.to, path));
    if (made === null || !isWholeRebuild(edited, last, made, programs))
      throw new GoneStale(`${plan.workDirectory} is not known to be whole after an edit`);
    return mergedCalls(last.calls, lastingCalls(made));
  }
  if (isBuilt) return made === null || last === null ? null : mergedCalls(last.calls, lastingCalls(made));
  return made === null ? null : lastingCalls(made);
}

/** Of a build that ended well, for the next edit. Errors: WRITE_FAILED, DISK_FULL. */
export function keepBuilt(
  plan: CompilePlan,
  { identity, sources }: Prepared,
  calls: readonly CompilerCall[] | null,
): void {
  if (sources !== null && calls !== null)
    keepLastBuild(plan, { identity, entries: sources.entries, calls, pending: [] });
}

/**
 * Whether an error of a build after an edit is its user's to see: one that a clean build would end with too. What was made
 * before is then gone on from, when it is mended.
 */
export function keepForNextEdit(error: unknown, plan: CompilePlan, { edits, last }: Prepared): boolean {
  if (!(error instanceof MorselError)) return !(error instanceof GoneStale);
  if (error.code !== 'COMPILE_FAILED') return error.code === 'INTERRUPTED' || error.code === 'DISK_FULL';
  // The error of a failure that is final stands before it.
  const failure = [error, error.cause].find((one) => one instanceof CompileFailure);
  const file = failure?.diagnosis?.file;
  const isOfEdit =
    file !== undefined &&
    file !== null &&
    edits?.entries.some(({ path }) => basename(path) === basename(file)) === true;
  if (isOfEdit && edits !== null && last !== null) keepPending(plan, last, edits.entries);
  return isOfEdit;
}
