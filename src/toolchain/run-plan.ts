import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openByteSource } from '../core/byte-source.ts';
import { type Command, formatCommand } from '../core/command.ts';
import { MorselError } from '../core/errors.ts';
import { type EventSink, ignoreEvents } from '../core/events.ts';
import { type CommandResult, runCommand } from '../core/run-command.ts';
import { checkProgram } from './check-artifact.ts';
import { compileFailure } from './compile-failure.ts';
import { copySources, fingerprintSources, listSources } from './copy-sources.ts';
import { findArtifact } from './find-artifact.ts';
import { finishArtifact } from './finish-artifact.ts';
import type { CompilePlan, PlannedFile } from './plan.ts';
import { cannotWrite, makeDirectory, withWorkLock } from './work-lock.ts';

export interface RunPlanOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: EventSink | undefined;
  /** The base environment of the commands; this process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
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
  const stamp = prepare(plan);
  for (const command of plan.commands) await perform(command, options);
  const found = findArtifact(plan.artifact);
  if (found.others.length > 0) {
    const message = `took ${basename(found.path)}; the build also made ${found.others.slice(0, 8).join(', ')}`;
    options.onEvent?.({ kind: 'finding', level: 'info', message, hint: 'choose another with --bin' });
  }
  const path = await finishArtifact(found.path, plan, options);
  verify(path, found.path, plan);
  // Written last: a build that was interrupted or failed leaves no stamp, and the next one starts clean.
  writeText(stamp.path, stamp.text, 0o644);
  return { path, unstrippedPath: found.path, plan };
}

/** What came out is read, whatever the flags were; a fallback may do better. */
function verify(path: string, unstrippedPath: string, plan: CompilePlan): void {
  const program = openByteSource(path);
  const unstripped = openByteSource(unstrippedPath);
  try {
    const verdict = checkProgram(program, unstripped, plan.rung);
    if (verdict.kind === 'accepted') return;
    throw new MorselError(
      'COMPILE_FAILED',
      verdict.reason,
      verdict.hint === null ? {} : { hint: verdict.hint },
    );
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
function prepare(plan: CompilePlan): Stamp {
  const sources = plan.copySources;
  const entries = sources === null ? [] : listSources(sources.from, [...sources.exclude, plan.workDirectory]);
  const identity = `${planIdentity(plan)} ${fingerprintSources(entries)}\n`;
  const stamp = { path: join(plan.workDirectory, 'stamp'), text: identity };
  const unchanged = existsSync(stamp.path) && readFileSync(stamp.path, 'utf8') === identity;
  rmSync(stamp.path, { force: true });
  if (!unchanged) {
    for (const directory of plan.cleanDirectories) rmSync(directory, { recursive: true, force: true });
    if (sources !== null) {
      rmSync(sources.to, { recursive: true, force: true });
      copySources(sources.from, sources.to, entries);
    }
  }
  for (const file of plan.files) writePlanned(file);
  for (const { cwd } of plan.commands) if (cwd !== undefined) makeDirectory(cwd);
  if (plan.artifact.kind === 'file') makeDirectory(dirname(plan.artifact.path));
  return stamp;
}

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

async function perform(command: Command, options: RunPlanOptions): Promise<void> {
  const { signal, onEvent = ignoreEvents } = options;
  const env = { SOURCE_DATE_EPOCH: '0', ...(options.env ?? process.env) };
  const result: CommandResult = await runCommand(command, { env, signal, onEvent });
  if (result.exitCode !== 0) throw compileFailure(command, formatCommand(command), result);
}
