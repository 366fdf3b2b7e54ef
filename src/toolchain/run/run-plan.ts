import { basename, join } from 'node:path';
import { openByteSource } from '../../core/byte-source.ts';
import { MorselError } from '../../core/errors.ts';
import { type Finding, findingEvent } from '../../core/finding.ts';
import { listNames } from '../../core/list-names.ts';
import { removeTree } from '../../core/remove-tree.ts';
import { isSecondaryProgram } from '../../project/index.ts';
import { checkProgram } from './check-artifact.ts';
import { findArtifact, type FoundArtifact } from './find-artifact.ts';
import { finishArtifact } from './finish-artifact.ts';
import { keepLacked } from './lacked.ts';
import { leftOutFindings } from './left-out-findings.ts';
import { withLentLockFile } from './lent-lock-file.ts';
import type { BuildFolders } from './perform-command.ts';
import { performStep } from './perform-step.ts';
import { writeText } from './planned-files.ts';
import { prepare, type Prepared, type PrepareOptions, prepareSources } from './prepare-work.ts';
import { callsOf, keepBuilt, keepForNextEdit } from './again/build-again.ts';
import { callsFolder } from '../left-out-words.ts';
import type { CompilePlan } from '../plan.ts';
import { makeDirectory, withWorkLock } from './work-lock.ts';

export interface RunPlanOptions extends PrepareOptions {
  /** How the ordinary configuration of the project fails, which is asked where another one does; null where it succeeds. */
  readonly ordinaryConfiguration?: (() => Promise<MorselError | null>) | undefined;
}

export interface CompiledProgram {
  /** The finished executable. */
  readonly path: string;
  /** The same as the linker left it, with its symbols where the build keeps them. */
  readonly unstrippedPath: string;
}

export interface CompiledProject {
  /** The first is the one that the image starts. */
  readonly programs: readonly [CompiledProgram, ...CompiledProgram[]];
  /** The plan that made them: a fallback's, when the first toolchain could not compile the project. */
  readonly plan: CompilePlan;
  /** What the build asked for in vain and went on without: `package NAME`, `library NAME`. */
  readonly lacked: readonly string[];
  /** What is to be said of how it was made. */
  readonly findings: readonly Finding[];
}

/**
 * Performs a plan: copies sources, writes its files, runs its commands, and finishes a copy of each executable. When a
 * command fails and the plan has a fallback, that one is performed. Errors: COMPILE_FAILED (with the end of the
 * output), AMBIGUOUS_PROJECT, TOOLCHAIN_MISSING, UNREADABLE, WRITE_FAILED, DISK_FULL, INTERRUPTED.
 */
export async function runCompilePlan(
  plan: CompilePlan,
  options: RunPlanOptions = {},
): Promise<CompiledProject> {
  try {
    return await withWorkLock(plan.workDirectory, options.signal, () => performPlan(plan, options));
  } catch (error) {
    if (plan.fallback === null || !mayHelp(error)) throw error;
    const message = `${plan.toolchain} cannot build it (${error.message}); trying ${plan.fallback.toolchain}`;
    options.onEvent?.({ kind: 'finding', level: 'info', message, hint: error.hint });
    return runCompilePlan(plan.fallback, options);
  }
}

/**
 * Configures a plan and no more, as a question of what this machine has; `runCompilePlan` goes on from there. Errors: as
 * there.
 */
export async function configurePlan(plan: CompilePlan, options: RunPlanOptions = {}): Promise<void> {
  await withWorkLock(plan.workDirectory, options.signal, async () => {
    const prepared = await prepare(plan, options);
    const performing = { ...options, sandbox: options.sandboxFor?.(plan) ?? null };
    await withTemporaryDirectory(plan, async (folders) => {
      await prepareSources(plan, prepared, folders, performing);
      for (const command of plan.commands.slice(0, -1)) await performStep(command, plan, folders, performing);
    });
    writeText(prepared.configured.path, prepared.configured.text, 0o644);
  });
}

/** Whether another compiler could do better: not where a program is missing or the disk is full. */
function mayHelp(error: unknown): error is MorselError {
  return (
    error instanceof MorselError &&
    error.code === 'COMPILE_FAILED' &&
    error.details?.['hopeless'] !== true &&
    error.details?.['final'] !== true
  );
}

/** After an edit the last build is gone on from; where that does not come to a sure end, it begins anew. */
async function performPlan(plan: CompilePlan, options: RunPlanOptions): Promise<CompiledProject> {
  const prepared = await prepare(plan, options);
  if (prepared.edits === null) return performPrepared(plan, prepared, options);
  try {
    return await performPrepared(plan, prepared, options);
  } catch (error) {
    if (keepForNextEdit(error, plan, prepared)) throw error;
    return performPrepared(plan, await prepare(plan, { ...options, isAnew: true }), options);
  }
}

async function performPrepared(
  plan: CompilePlan,
  prepared: Prepared,
  options: RunPlanOptions,
): Promise<CompiledProject> {
  const { stamp, edits } = prepared;
  const sandbox = options.sandboxFor?.(plan) ?? null;
  const { found, programs, said, lacked, calls } = await withTemporaryDirectory(plan, async (folders) => {
    const performing = { ...options, sandbox, usesZig: /\bzig \S/.test(plan.toolchain) };
    await withLentLockFile(plan, async () => {
      await prepareSources(plan, prepared, folders, performing);
      const isConfigured = prepared.isConfigured || edits !== null;
      const commands = isConfigured ? plan.commands.slice(-1) : plan.commands;
      for (const command of commands) await performStep(command, plan, folders, performing);
    }).catch((error: unknown) => {
      // It may fail for want of it.
      keepLacked(plan);
      throw error;
    });
    const leftOut = leftOutFindings(plan);
    const inVain = keepLacked(plan);
    const artifact = findArtifact(plan.artifact);
    const called = callsOf(plan, prepared, artifact.paths);
    const finish = async (built: string): Promise<CompiledProgram> => {
      if (sandbox?.isOwn(built) === false) throw foreignArtifact(built);
      return { path: await finishArtifact(built, plan, folders, performing), unstrippedPath: built };
    };
    const [first, ...others] = artifact.paths;
    const finished: [CompiledProgram, ...CompiledProgram[]] = [await finish(first)];
    for (const other of others) finished.push(await finish(other));
    return { found: artifact, programs: finished, said: leftOut, lacked: inVain, calls: called };
  });
  const noted = plan.notes.map((message): Finding => ({ level: 'info', message, hint: null }));
  const findings = [...noted, ...said, ...tellOfOthers(found)];
  for (const finding of findings) options.onEvent?.(findingEvent(finding));
  for (const program of programs) verify(program, plan);
  // Written last: a build that was interrupted or failed leaves no stamp, and the next one starts clean.
  keepBuilt(plan, prepared, calls);
  writeText(stamp.path, stamp.text, 0o644);
  return { programs, plan, lacked, findings };
}

/** A choice that was made for the user; tests and examples are none. */
function tellOfOthers({ paths, left }: FoundArtifact): readonly Finding[] {
  const others = left.filter((path) => !isSecondaryProgram(path));
  const [other] = others;
  if (other === undefined) return [];
  const taken = paths.map((path) => basename(path)).join(', ');
  const isUnique = others.filter((path) => basename(path) === basename(other)).length === 1;
  const message = `took ${taken}; the build also made ${listNames(others, NAMED_PROGRAMS)}`;
  const hint = `choose another with --bin, as in: --bin ${isUnique ? basename(other) : other}`;
  return [{ level: 'info', message, hint }];
}

/** Of those that were not taken. */
const NAMED_PROGRAMS = 8;

function foreignArtifact(path: string): MorselError {
  return new MorselError('COMPILE_FAILED', `${path} is a link to a file that this build did not make`, {
    hint: 'look at the build files: a sandboxed build may not pick programs of this machine',
  });
}

/** A fixed name: what stayed of a build that was killed goes when the next one starts. */
async function withTemporaryDirectory<T>(
  { workDirectory, copySources, files }: CompilePlan,
  work: (folders: BuildFolders) => Promise<T>,
): Promise<T> {
  const temporaryDirectory = join(workDirectory, 'tmp');
  const records = copySources !== null && files.length > 0;
  removeTree(temporaryDirectory);
  makeDirectory(temporaryDirectory);
  if (records) makeDirectory(callsFolder(workDirectory));
  try {
    return await work({ workDirectory, temporaryDirectory });
  } finally {
    removeTree(temporaryDirectory);
  }
}

/** What came out is read, whatever the flags were; a fallback may do better. */
function verify({ path, unstrippedPath }: CompiledProgram, plan: CompilePlan): void {
  const program = openByteSource(path);
  const unstripped = openByteSource(unstrippedPath);
  try {
    const verdict = checkProgram(program, unstripped, plan.rung);
    if (verdict.kind === 'accepted') return;
    const which = plan.artifact.others.length === 0 ? '' : `${basename(path)}: `;
    throw new MorselError('COMPILE_FAILED', `${which}${verdict.reason}`, { hint: verdict.hint });
  } finally {
    program.close();
    unstripped.close();
  }
}
