import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openByteSource } from '../../core/byte-source.ts';
import { MorselError } from '../../core/errors.ts';
import { removeTree } from '../../core/remove-tree.ts';
import { checkProgram } from './check-artifact.ts';
import { copySources } from './copy-sources.ts';
import { findArtifact } from './find-artifact.ts';
import { finishArtifact } from './finish-artifact.ts';
import { fingerprintSources, listSources, type SourceList } from './list-sources.ts';
import { type BuildFolders, performCommand, type PerformOptions } from './perform-command.ts';
import type { CompilePlan, PlannedFile } from '../plan.ts';
import type { BuildSandbox } from '../sandbox/build-sandbox.ts';
import { cannotWrite, makeDirectory, withWorkLock } from './work-lock.ts';

export interface RunPlanOptions extends Omit<PerformOptions, 'sandbox'> {
  /** The sandbox of a plan's commands; without one they run as `make` would. */
  readonly sandboxFor?: ((plan: CompilePlan) => BuildSandbox) | undefined;
}

export interface CompiledProgram {
  /** The finished executable. */
  readonly path: string;
  /** The same as the linker left it, with its symbols where the build keeps them. */
  readonly unstrippedPath: string;
  /** The plan that made it: a fallback's, when the first toolchain could not compile the project. */
  readonly plan: CompilePlan;
}

/**
 * Performs a plan: copies sources, writes its files, runs its commands, and finishes a copy of the executable. When a
 * command fails and the plan has a fallback, that one is performed. Errors: COMPILE_FAILED (with the end of the
 * output), AMBIGUOUS_PROJECT, TOOLCHAIN_MISSING, UNREADABLE, WRITE_FAILED, DISK_FULL, INTERRUPTED.
 */
export async function runCompilePlan(
  plan: CompilePlan,
  options: RunPlanOptions = {},
): Promise<CompiledProgram> {
  try {
    return await withWorkLock(plan.workDirectory, options.signal, () => performPlan(plan, options));
  } catch (error) {
    if (plan.fallback === null || !mayHelp(error)) throw error;
    const message = `${plan.toolchain} cannot build it (${error.message}); trying ${plan.fallback.toolchain}`;
    options.onEvent?.({ kind: 'finding', level: 'info', message, hint: error.hint });
    return runCompilePlan(plan.fallback, options);
  }
}

/** Whether another compiler could do better: not where a program is missing or the disk is full. */
function mayHelp(error: unknown): error is MorselError {
  return (
    error instanceof MorselError && error.code === 'COMPILE_FAILED' && error.details?.['hopeless'] !== true
  );
}

async function performPlan(plan: CompilePlan, options: RunPlanOptions): Promise<CompiledProgram> {
  const stamp = await prepare(plan, options);
  const sandbox = options.sandboxFor?.(plan) ?? null;
  const { found, path } = await withTemporaryDirectory(plan, async (folders) => {
    const performing = { ...options, sandbox };
    for (const command of plan.commands) await performCommand(command, folders, performing);
    const artifact = findArtifact(plan.artifact);
    if (sandbox?.isOwn(artifact.path) === false) throw foreignArtifact(artifact.path);
    return { found: artifact, path: await finishArtifact(artifact.path, plan, folders, performing) };
  });
  if (found.others.length > 0) {
    const message = `took ${basename(found.path)}; the build also made ${found.others.slice(0, 8).join(', ')}`;
    options.onEvent?.({ kind: 'finding', level: 'info', message, hint: 'choose another with --bin' });
  }
  verify(path, found.path, plan);
  // Written last: a build that was interrupted or failed leaves no stamp, and the next one starts clean.
  writeText(stamp.path, stamp.text, 0o644);
  return { path, unstrippedPath: found.path, plan };
}

function foreignArtifact(path: string): MorselError {
  return new MorselError('COMPILE_FAILED', `${path} is a link to a file that this build did not make`, {
    hint: 'look at the build files: a sandboxed build may not pick programs of this machine',
  });
}

/** A fixed name: what stayed of a build that was killed goes when the next one starts. */
async function withTemporaryDirectory<T>(
  { workDirectory }: CompilePlan,
  work: (folders: BuildFolders) => Promise<T>,
): Promise<T> {
  const temporaryDirectory = join(workDirectory, 'tmp');
  removeTree(temporaryDirectory);
  makeDirectory(temporaryDirectory);
  try {
    return await work({ workDirectory, temporaryDirectory });
  } finally {
    removeTree(temporaryDirectory);
  }
}

/** What came out is read, whatever the flags were; a fallback may do better. */
function verify(path: string, unstrippedPath: string, plan: CompilePlan): void {
  const program = openByteSource(path);
  const unstripped = openByteSource(unstrippedPath);
  try {
    const verdict = checkProgram(program, unstripped, plan.rung);
    if (verdict.kind === 'accepted') return;
    throw new MorselError('COMPILE_FAILED', verdict.reason, { hint: verdict.hint });
  } finally {
    program.close();
    unstripped.close();
  }
}

interface Stamp {
  readonly path: string;
  readonly text: string;
}

/** Brings the work directory into the state in which the commands may start. */
async function prepare(plan: CompilePlan, options: RunPlanOptions): Promise<Stamp> {
  const sources = await sourcesOf(plan, options);
  // What was built outside of the sandbox is not taken over into it.
  const where = options.sandboxFor === undefined ? '' : ' sandboxed';
  const identity = `${planIdentity(plan)} ${fingerprintSources(sources?.entries ?? [])}${where}\n`;
  const stamp = { path: join(plan.workDirectory, 'stamp'), text: identity };
  const unchanged = existsSync(stamp.path) && readFileSync(stamp.path, 'utf8') === identity;
  rmSync(stamp.path, { force: true });
  if (!unchanged) {
    for (const directory of plan.cleanDirectories) removeTree(directory);
    if (sources !== null) await copyAnew(sources, options);
  }
  for (const file of plan.files) writePlanned(file);
  for (const { cwd } of plan.commands) if (cwd !== undefined) makeDirectory(cwd);
  if (plan.artifact.kind === 'file') makeDirectory(dirname(plan.artifact.path));
  return stamp;
}

interface Sources extends SourceList {
  readonly from: string;
  readonly to: string;
}

async function sourcesOf(
  plan: CompilePlan,
  { signal, outputs = [] }: PerformOptions,
): Promise<Sources | null> {
  const copied = plan.copySources;
  if (copied === null) return null;
  const list = await listSources(copied.from, [...copied.exclude, ...outputs, plan.workDirectory], signal);
  return { ...copied, ...list };
}

async function copyAnew(sources: Sources, { signal, onEvent }: PerformOptions): Promise<void> {
  const { from, to, entries } = sources;
  removeTree(to);
  const unreadable = [...sources.unreadable, ...(await copySources(from, to, entries, signal))];
  if (unreadable.length === 0) return;
  const named = unreadable.slice(0, NAMED_UNREADABLE).join(', ');
  const message = `${unreadable.length} of ${from} cannot be read and ${unreadable.length === 1 ? 'was' : 'were'} left out: ${named}`;
  const hint = 'allow them to be read if the build needs them';
  onEvent?.({ kind: 'finding', level: 'warning', message, hint });
}

/** Of what was left out. */
const NAMED_UNREADABLE = 5;

function planIdentity(plan: CompilePlan): string {
  const { fallback: _, ...own } = plan;
  return createHash('sha256').update(JSON.stringify(own)).digest('hex');
}

function writePlanned({ path, content }: PlannedFile): void {
  makeDirectory(dirname(path));
  if (content.kind === 'text') return writeText(path, content.text, content.mode);
  rmSync(path, { force: true });
  try {
    symlinkSync(content.target, path);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/** Leaves a file alone that has the text already: a newer toolchain file makes CMake configure again. */
function writeText(path: string, text: string, mode: number): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  rmSync(path, { force: true });
  try {
    writeFileSync(path, text, { mode });
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}
