import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openByteSource } from '../../core/byte-source.ts';
import { MorselError } from '../../core/errors.ts';
import { type Finding, findingEvent } from '../../core/finding.ts';
import { listNames } from '../../core/list-names.ts';
import { readTextIfAny } from '../../core/read-small-file.ts';
import { removeTree } from '../../core/remove-tree.ts';
import { isSecondaryProgram } from '../../project/index.ts';
import { checkProgram } from './check-artifact.ts';
import { copySources } from './copy-sources.ts';
import { findArtifact, type FoundArtifact } from './find-artifact.ts';
import { finishArtifact } from './finish-artifact.ts';
import { fingerprintSources, listSources, type SourceList } from './list-sources.ts';
import { forgetLacked, keepLacked } from './lacked.ts';
import { leftOutFindings } from './left-out-findings.ts';
import { withLentLockFile } from './lent-lock-file.ts';
import { type BuildFolders, performCommand, type PerformOptions } from './perform-command.ts';
import { performStep } from './perform-step.ts';
import { writePlanned, writeText } from './planned-files.ts';
import type { CompilePlan } from '../plan.ts';
import type { BuildSandbox } from '../sandbox/build-sandbox.ts';
import { makeDirectory, withWorkLock } from './work-lock.ts';

export interface RunPlanOptions extends Omit<PerformOptions, 'sandbox'> {
  /** The sandbox of a plan's commands; without one they run as `make` would. */
  readonly sandboxFor?: ((plan: CompilePlan) => BuildSandbox) | undefined;
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

async function performPlan(plan: CompilePlan, options: RunPlanOptions): Promise<CompiledProject> {
  const prepared = await prepare(plan, options);
  const { stamp } = prepared;
  const sandbox = options.sandboxFor?.(plan) ?? null;
  const { found, programs, said, lacked } = await withTemporaryDirectory(plan, async (folders) => {
    const performing = { ...options, sandbox, usesZig: /\bzig \S/.test(plan.toolchain) };
    await withLentLockFile(plan, async () => {
      await prepareSources(plan, prepared, folders, performing);
      const commands = prepared.isConfigured ? plan.commands.slice(-1) : plan.commands;
      for (const command of commands) await performStep(command, plan, folders, performing);
    }).catch((error: unknown) => {
      // It may fail for want of it.
      keepLacked(plan);
      throw error;
    });
    const leftOut = leftOutFindings(plan);
    const inVain = keepLacked(plan);
    const artifact = findArtifact(plan.artifact);
    const finish = async (built: string): Promise<CompiledProgram> => {
      if (sandbox?.isOwn(built) === false) throw foreignArtifact(built);
      return { path: await finishArtifact(built, plan, folders, performing), unstrippedPath: built };
    };
    const [first, ...others] = artifact.paths;
    const finished: [CompiledProgram, ...CompiledProgram[]] = [await finish(first)];
    for (const other of others) finished.push(await finish(other));
    return { found: artifact, programs: finished, said: leftOut, lacked: inVain };
  });
  const noted = plan.notes.map((message): Finding => ({ level: 'info', message, hint: null }));
  const findings = [...noted, ...said, ...tellOfOthers(found)];
  for (const finding of findings) options.onEvent?.(findingEvent(finding));
  for (const program of programs) verify(program, plan);
  // Written last: a build that was interrupted or failed leaves no stamp, and the next one starts clean.
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

interface Stamp {
  readonly path: string;
  readonly text: string;
}

interface Prepared {
  /** Of a build that ended well. */
  readonly stamp: Stamp;
  /** Of a configuration that did, which was not built yet. */
  readonly configured: Stamp;
  /** The last build of this plan and these sources ended well. */
  readonly isBuilt: boolean;
  readonly isConfigured: boolean;
}

/** Brings the work directory into the state in which the commands may start. */
async function prepare(plan: CompilePlan, options: RunPlanOptions): Promise<Prepared> {
  const sources = await sourcesOf(plan, options);
  // What was built outside of the sandbox is not taken over into it.
  const where = options.sandboxFor === undefined ? '' : ' sandboxed';
  const identity = `${planIdentity(plan)} ${fingerprintSources(sources?.entries ?? [])}${where}\n`;
  const stamp = { path: join(plan.workDirectory, 'stamp'), text: identity };
  const configured = { path: join(plan.workDirectory, 'configured'), text: identity };
  const [isBuilt = false, isConfigured = false] = [stamp, configured].map(takeStamp);
  if (!isBuilt && !isConfigured) {
    forgetLacked(plan);
    for (const directory of plan.cleanDirectories) removeTree(directory);
    if (sources !== null) await copyAnew(sources, options);
  }
  for (const file of plan.files) writePlanned(file);
  for (const { cwd } of [...plan.prepare, ...plan.commands]) if (cwd !== undefined) makeDirectory(cwd);
  if (plan.artifact.kind === 'file')
    for (const artifact of [plan.artifact.path, ...plan.artifact.others]) makeDirectory(dirname(artifact));
  return { stamp, configured, isBuilt, isConfigured };
}

/** The user's own commands; in a copy that has not changed since, all is there already. */
async function prepareSources(
  plan: CompilePlan,
  { isBuilt, isConfigured }: Prepared,
  folders: BuildFolders,
  options: PerformOptions,
): Promise<void> {
  if (isBuilt || isConfigured) return;
  for (const command of plan.prepare) await performCommand(command, folders, options);
}

/** Whether it says the same; while there is work it is not there. */
function takeStamp({ path, text }: Stamp): boolean {
  // A build may have put anything there: a pipe, or a link to a device.
  const isSame = readTextIfAny(path, STAMP_LIMIT_BYTES) === text;
  rmSync(path, { force: true, recursive: true });
  return isSame;
}

const STAMP_LIMIT_BYTES = 4096;

/** The next build of a plan begins anew. */
export function forgetBuild({ workDirectory }: CompilePlan): void {
  rmSync(join(workDirectory, 'stamp'), { force: true });
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

/**
 * What objects depend on: not in what words it is told, nor which of the programs are taken and what is done to a copy of
 * them, so that another program of the project is not compiled anew.
 */
function planIdentity(plan: CompilePlan): string {
  const { files, copySources, cleanDirectories } = plan;
  const commands = [...plan.prepare, ...plan.commands];
  const steps = commands.map(({ program, args, cwd, env }) => ({ program, args, cwd, env }));
  const text = JSON.stringify([steps, files, copySources, cleanDirectories]);
  return createHash('sha256').update(text).digest('hex');
}
