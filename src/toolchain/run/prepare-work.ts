import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readTextIfAny } from '../../core/read-small-file.ts';
import { removeTree } from '../../core/remove-tree.ts';
import type { CompilePlan } from '../plan.ts';
import type { BuildSandbox } from '../sandbox/build-sandbox.ts';
import { type EditedSources, findEdits } from './again/find-edits.ts';
import { LAST_BUILD, type LastBuild, takeLastBuild } from './again/last-build.ts';
import { machineState } from './again/machine-state.ts';
import { copySources } from './copy-sources.ts';
import { forgetLacked } from './lacked.ts';
import { fingerprintSources, listSources, type SourceList } from './list-sources.ts';
import { type BuildFolders, performCommand, type PerformOptions } from './perform-command.ts';
import { writePlanned } from './planned-files.ts';
import { makeDirectory } from './work-lock.ts';

export interface PrepareOptions extends Omit<PerformOptions, 'sandbox'> {
  /** The sandbox of a plan's commands; without one they run as `make` would. */
  readonly sandboxFor?: ((plan: CompilePlan) => BuildSandbox) | undefined;
  /** Nothing of the last build is used, though its sources are only edited. */
  readonly isAnew?: boolean | undefined;
}

interface Stamp {
  readonly path: string;
  readonly text: string;
}

export interface Prepared {
  /** Of a build that ended well. */
  readonly stamp: Stamp;
  /** Of a configuration that did, which was not built yet. */
  readonly configured: Stamp;
  /** The last build of this plan and these sources ended well. */
  readonly isBuilt: boolean;
  readonly isConfigured: boolean;
  /** Sources that were edited since the last build, where the rest of it is gone on from. */
  readonly edits: EditedSources | null;
  readonly last: LastBuild | null;
  /** Of plan and machine, without the sources. */
  readonly identity: string;
  /** null where none are copied. */
  readonly sources: Sources | null;
}

/** Brings the work directory into the state in which the commands may start. */
export async function prepare(plan: CompilePlan, options: PrepareOptions): Promise<Prepared> {
  const sources = await sourcesOf(plan, options);
  // What was built outside of the sandbox is not taken over into it.
  const where = options.sandboxFor === undefined ? '' : ' sandboxed';
  const machine = sources === null ? '' : ` ${digestOf(machineState(plan, options.env ?? process.env))}`;
  const identity = `${planIdentity(plan)}${machine}${where}`;
  const text = `${identity} ${fingerprintSources(sources?.entries ?? [])}\n`;
  const stamp = { path: join(plan.workDirectory, 'stamp'), text };
  const configured = { path: join(plan.workDirectory, 'configured'), text };
  const [isBuilt = false, isConfigured = false] = [stamp, configured].map(takeStamp);
  const last = sources === null ? null : takeLastBuild(plan, identity);
  const isSame = isBuilt || isConfigured;
  const mayGoOn = !isSame && options.isAnew !== true && plan.prepare.length === 0;
  const edits =
    mayGoOn && sources !== null && last !== null ? await findEdits(last, sources, options.signal) : null;
  if (edits !== null && sources !== null) await bringEdits(edits, sources, options);
  else if (!isSame) {
    forgetLacked(plan);
    for (const directory of plan.cleanDirectories) removeTree(directory);
    if (sources !== null) await copyAnew(sources, options);
  }
  for (const file of plan.files) writePlanned(file);
  for (const { cwd } of [...plan.prepare, ...plan.commands]) if (cwd !== undefined) makeDirectory(cwd);
  if (plan.artifact.kind === 'file')
    for (const artifact of [plan.artifact.path, ...plan.artifact.others]) makeDirectory(dirname(artifact));
  return { stamp, configured, isBuilt, isConfigured, edits, last, identity, sources };
}

/** The user's own commands; in a copy that has not changed since, all is there already. */
export async function prepareSources(
  plan: CompilePlan,
  { isBuilt, isConfigured, edits }: Prepared,
  folders: BuildFolders,
  options: PerformOptions,
): Promise<void> {
  if (isBuilt || isConfigured || edits !== null) return;
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
  for (const name of ['stamp', LAST_BUILD]) rmSync(join(workDirectory, name), { force: true });
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

/** What they were compiled to goes first: it cannot be taken for new, whatever the rules of the build say. */
async function bringEdits(
  { entries, outputs }: EditedSources,
  { from, to }: Sources,
  { signal }: PerformOptions,
): Promise<void> {
  for (const path of [...outputs, ...entries.map((entry) => join(to, entry.path))])
    rmSync(path, { force: true });
  await copySources(from, to, entries, signal);
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
  const { files, copySources: copied, cleanDirectories } = plan;
  const commands = [...plan.prepare, ...plan.commands];
  const steps = commands.map(({ program, args, cwd, env }) => ({ program, args, cwd, env }));
  return digestOf(JSON.stringify([steps, files, copied, cleanDirectories]));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
