import { ignoreEvents, type EventSink, type MorselEvent } from '../core/events.ts';
import { type Finding, findingEvent } from '../core/finding.ts';
import type { ImageConfig } from '../oci/index.ts';
import { directoryTree, locateProgram } from '../rootfs/index.ts';
import { foreignProgram, type LeftRoot, type RunRequest, type Sandbox } from '../sandbox/index.ts';
import type { Check } from './check.ts';
import type { CheckResult, Proof } from './proof.ts';
import { type Examination, type ExaminedRun, runCheck } from './run-check.ts';
import { argvOf, runtimeConfiguration, type RuntimeConfiguration } from './runtime-configuration.ts';
import { describeWrites, snapshotRoot } from './written-files.ts';

export interface ProveRootOptions {
  /** Absolute path of the unpacked image; no program writes to it. */
  readonly root: string;
  readonly config: Pick<ImageConfig, 'config'>;
  /** Of files of the image, as `unpackImage` gives them. */
  readonly capabilities?: RunRequest['capabilities'];
  readonly setIds?: RunRequest['setIds'];
  /** []: the default check. */
  readonly checks: readonly Check[];
  readonly sandbox: Sandbox;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: EventSink | undefined;
}

/** Runs the checks of an image in a sandbox. Errors: those of `runCheck`. */
export async function proveRoot(options: ProveRootOptions): Promise<Proof> {
  const { root, checks, sandbox, onEvent = ignoreEvents } = options;
  const image = runtimeConfiguration(options.config, directoryTree(root));
  const foreign = checks.length === 0 ? unrunnable(root, argvOrNone(image), image) : null;
  if (foreign !== null) return skippedProof(foreign);
  const examinations: readonly Examination[] =
    checks.length === 0 ? [{ kind: 'start-only' }] : checks.map((check) => ({ kind: 'check', check }));
  const results: CheckResult[] = [];
  const findings: Finding[] = sandbox.lacks.map(lackFinding);
  const notes = new Set<string>();
  const lifted = new Set<string>();
  for (const examination of examinations) {
    if (examination.kind === 'check') {
      const reason = unrunnable(root, argvOf(examination.check, image), image);
      if (reason !== null) return skippedProof(reason);
    }
    const run = await examine(examination, image, options);
    results.push(run.result);
    findings.push(...run.findings);
    run.notes.forEach((note) => notes.add(note));
    run.lifted.forEach((words) => lifted.add(words));
    onEvent(finishedEvent(run.result));
  }
  for (const finding of findings) onEvent(findingEvent(finding));
  const status = results.every((result) => result.status === 'passed') ? 'passed' : 'failed';
  return {
    status,
    sandbox: sandbox.name,
    isolation: [...sandbox.isolation.filter((words) => !lifted.has(words)), ...notes],
    checks: results,
    findings,
    reason: null,
  };
}

function finishedEvent({ name, status, detail }: CheckResult): MorselEvent {
  return { kind: 'check-finished', check: name, status, detail };
}

export function skippedProof(reason: string): Proof {
  return { status: 'skipped', sandbox: null, isolation: [], checks: [], findings: [], reason };
}

/** Only a sandbox that was asked for by name can lack something. */
export function lackFinding(lack: string): Finding {
  return {
    level: 'warning',
    message: `the sandbox is weaker than it should be: ${lack}`,
    hint: 'see what `morsel doctor` says of the other sandboxes',
  };
}

interface Examined {
  readonly result: CheckResult;
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
  readonly lifted: readonly string[];
}

/** Read-only first; what fails so is run once more with a root that can be written, and that is a finding if it helps. */
async function examine(
  examination: Examination,
  image: RuntimeConfiguration,
  options: ProveRootOptions,
): Promise<Examined> {
  const { root, sandbox, signal, capabilities, setIds } = options;
  const run = { sandbox, image, root, signal, capabilities, setIds };
  const first = await runCheck(examination, { ...run, readOnlyRoot: true });
  if (first.result.status === 'passed' || !first.mayNeedWriting)
    return { ...first, findings: stopFindings(first, image) };
  let wrote: string | null = null;
  const afterwards = async (left: LeftRoot): Promise<void> => {
    const before = await snapshotRoot(root, signal);
    wrote = describeWrites(before, await snapshotRoot(left.path, signal), left.made);
  };
  const second = await runCheck(examination, { ...run, readOnlyRoot: false, afterwards });
  if (second.result.status === 'failed') return { ...first, findings: stopFindings(first, image) };
  return { ...second, findings: [writableRootFinding(first, wrote), ...stopFindings(second, image)] };
}

function writableRootFinding({ result }: ExaminedRun, wrote: string | null): Finding {
  return {
    level: 'warning',
    message: `check "${result.name}" needs a writable root${wrote === null ? '' : `: it ${wrote}`} (read-only: ${result.detail})`,
    hint: 'under docker run --read-only give it --tmpfs for that place',
  };
}

/** PID 1 has no default action for a signal that it does not handle: pid_namespaces(7). */
function stopFindings(
  { result, stoppedBySignal }: ExaminedRun,
  { stopSignal }: RuntimeConfiguration,
): readonly Finding[] {
  if (stoppedBySignal !== false || result.status === 'failed') return [];
  return [
    {
      level: 'warning',
      message: `check "${result.name}": the program ignores ${stopSignal.name}, as PID 1 does when it has no handler: docker stop waits 10 s and kills it`,
      hint: 'handle the signal, or run it with docker run --init',
    },
  ];
}

/** Why this machine cannot run it at all: another architecture with no emulator; null when it can. */
function unrunnable(
  root: string,
  argv: readonly string[],
  { cwd, env }: RuntimeConfiguration,
): string | null {
  const [name] = argv;
  if (name === undefined) return null;
  const tree = directoryTree(root);
  const located = locateProgram(tree, name, { cwd, path: env['PATH'] });
  if (located.kind !== 'found') return null;
  const foreign = foreignProgram(tree, located.file);
  if (foreign === null || foreign.emulator !== null) return null;
  const how =
    foreign.qemu === null
      ? 'cannot run, and qemu-user neither'
      : `can run only with ${foreign.qemu} (package qemu-user-static)`;
  return `${name} is a program for ${foreign.machine}, which this machine ${how}`;
}

function argvOrNone({ entrypoint, cmd }: RuntimeConfiguration): readonly string[] {
  return [...entrypoint, ...cmd];
}
