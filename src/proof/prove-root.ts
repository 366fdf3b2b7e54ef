import { ignoreEvents, type EventSink, type MorselEvent } from '../core/events.ts';
import { type Finding, findingEvent } from '../core/finding.ts';
import type { ImageConfig } from '../oci/index.ts';
import type { RunRequest, Sandbox } from '../sandbox/index.ts';
import type { Check } from './check.ts';
import type { ControlRuns } from './control-run.ts';
import { examinationsOf } from './examinations.ts';
import { judgeEmulated } from './emulation.ts';
import { examine, type Examined, type ExaminationSetting } from './examine.ts';
import { probeJobs } from './probe-jobs.ts';
import type { CheckResult, Proof, ProofControl } from './proof.ts';
import { checkOf, type Examination } from './run-check.ts';
import { argvOf, configurationIn, type RuntimeConfiguration } from './runtime-configuration.ts';
import { summarise } from './summarise.ts';
import { unrunnable } from './unrunnable.ts';

export interface ProveRootOptions {
  /** Absolute path of the unpacked image; no program writes to it. */
  readonly root: string;
  readonly config: Pick<ImageConfig, 'config'>;
  /** Of files of the image, as `unpackImage` gives them. */
  readonly capabilities?: RunRequest['capabilities'];
  readonly setIds?: RunRequest['setIds'];
  /** []: the default check. */
  readonly checks: readonly Check[];
  /** Paths in the image, where it has several: each that no check starts gets the default check. */
  readonly programs?: readonly string[] | undefined;
  readonly sandbox: Sandbox;
  /** With what the image is compared; or in words why with nothing. */
  readonly control: ControlRuns | string;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: EventSink | undefined;
}

/** What the checks of an image have shown, and what an image that does better needs to be told. */
export interface RootProof {
  readonly proof: Proof;
  /** [] where the proof is skipped. */
  readonly examined: readonly Examined[];
}

/** Runs the checks of an image in a sandbox. Errors: those of `runCheck`. */
export async function proveRoot(options: ProveRootOptions): Promise<RootProof> {
  const { root, checks, programs = [], sandbox, onEvent = ignoreEvents } = options;
  const image = configurationIn(options.root, options.config);
  const examinations = examinationsOf(checks, programs, image);
  const setting = settingOf(options, image);
  const examined: Examined[] = [];
  for (const examination of examinations) {
    const reason = unrunnable(root, argvOfExamination(examination, image), image);
    if (reason !== null) return { proof: skippedProof(reason), examined: [] };
    const done = await examineWhole(examination, setting);
    examined.push(...done);
    for (const { result } of done) onEvent(finishedEvent(result));
  }
  const findings: readonly Finding[] = [
    ...sandbox.lacks.map(lackFinding),
    ...examined.flatMap((one) => one.findings),
  ];
  for (const finding of findings) onEvent(findingEvent(finding));
  return { proof: { ...summarise(examined, sandbox, controlOf(options.control)), findings }, examined };
}

function settingOf(options: ProveRootOptions, image: RuntimeConfiguration): ExaminationSetting {
  const { root, sandbox, signal, capabilities, setIds, control } = options;
  return {
    sandbox,
    image,
    root,
    mounts: [],
    signal,
    capabilities,
    setIds,
    control: typeof control === 'string' ? null : control,
  };
}

function controlOf(control: ControlRuns | string): ProofControl {
  if (typeof control === 'string') return { source: null, reason: control };
  const { failure, source } = control;
  return failure === null
    ? { source: source.kind, reason: null }
    : { source: null, reason: `no run ${control.where}: ${failure}` };
}

/** A program that was not exercised by its start is given a job that it does elsewhere. */
async function examineWhole(
  examination: Examination,
  setting: ExaminationSetting,
): Promise<readonly Examined[]> {
  const one = await judgeEmulated(await examine(examination, setting), setting);
  if (examination.kind === 'check' || one.result.status !== 'unclear') return [one];
  const { program } = examination;
  const probed = setting.control === null ? null : await probeJobs(setting.control, program, setting);
  const job = program === null ? jobOfImage(probed) : jobOfProgram(program, probed);
  const detail = `${one.result.detail}; ${job}`;
  return [{ ...one, result: { ...one.result, detail } }, ...(probed === null ? [] : [probed])];
}

function jobOfImage(probed: Examined | null): string {
  if (probed === null) return "give it a job with --check 'ARGUMENTS'";
  return `give it a job, such as --check '${probed.result.name}'`;
}

/** The command line gives jobs to what the image itself starts. */
function jobOfProgram(program: string, probed: Examined | null): string {
  const words = probed === null ? [program, 'ARGUMENT'] : probed.ran.argv;
  return `give it a job in \`checks\` of morsel.json: "command": ${JSON.stringify(words)}`;
}

function finishedEvent({ name, status, detail }: CheckResult): MorselEvent {
  return { kind: 'check-finished', check: name, status, detail };
}

export function skippedProof(reason: string): Proof {
  return {
    status: 'skipped',
    strength: 'none',
    control: { source: null, reason: null },
    sandbox: null,
    isolation: [],
    checks: [],
    findings: [],
    reason,
  };
}

/** Only a sandbox that was asked for by name can lack something. */
export function lackFinding(lack: string): Finding {
  return {
    level: 'warning',
    message: `the sandbox is weaker than it should be: ${lack}`,
    hint: 'see what `morsel doctor` says of the other sandboxes',
  };
}

/** [] for the default check of an image that has no command: `runCheck` says so. */
function argvOfExamination(examination: Examination, image: RuntimeConfiguration): readonly string[] {
  return examination.kind === 'start-only' && examination.program === null
    ? [...image.entrypoint, ...image.cmd]
    : argvOf(checkOf(examination), image);
}
