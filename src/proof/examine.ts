import type { Finding } from '../core/finding.ts';
import { type Comparison, compareOutcomes } from '../control/index.ts';
import type { LeftRoot } from '../sandbox/index.ts';
import type { ControlJob, ControlRuns } from './control-run.ts';
import type { CheckResult } from './proof.ts';
import { checkOf, type CheckPlace, type Examination, type RanCheck, runCheck } from './run-check.ts';
import type { RuntimeConfiguration } from './runtime-configuration.ts';
import { isSuccess, type Judged, type Verdict, verdictOf } from './verdict.ts';
import { describeWrites, snapshotRoot } from './written-files.ts';

/** Where checks are run, and with what they are compared. */
export interface ExaminationSetting extends CheckPlace {
  /** null: with nothing. */
  readonly control: ControlRuns | null;
}

/** One check, run and judged. */
export interface Examined {
  readonly result: CheckResult;
  readonly ran: RanCheck;
  /** What the control run did; null where there was none. */
  readonly control: RanCheck | null;
  readonly findings: readonly Finding[];
  /** As which it was run: what an observed run is to repeat. */
  readonly job: ControlJob;
  /** From which the result's status comes. */
  readonly judged: Judged;
  /** Its program, linked in the ordinary way, does otherwise, and nobody knows which of them is right. */
  readonly isUnlikeOrdinary?: boolean;
}

/**
 * Read-only first, beside the control run; what does not pass so is run once more with a root that can be written, and
 * that is a finding if it helps. A check that says which root it wants gets that alone.
 */
export async function examine(examination: Examination, setting: ExaminationSetting): Promise<Examined> {
  const { readOnly } = checkOf(examination).conditions;
  const first = await runBoth(examination, setting, readOnly !== false);
  if (readOnly !== null || !mayWritingHelp(first)) return examined(first, setting, []);
  let wrote: string | null = null;
  const afterwards = async (left: LeftRoot): Promise<void> => {
    const before = await snapshotRoot(setting.root, setting.signal);
    wrote = describeWrites(before, await snapshotRoot(left.path, setting.signal), left.made);
  };
  const second = await runBoth(examination, setting, false, afterwards);
  if (second.verdict.status !== 'passed') return examined(worse(first, second), setting, []);
  return examined(second, setting, [writableRootFinding(first, wrote)]);
}

interface BothRuns {
  readonly job: ControlJob;
  readonly ran: RanCheck;
  readonly control: RanCheck | null;
  readonly comparison: Comparison | null;
  readonly judged: Judged;
  readonly verdict: Verdict;
}

function mayWritingHelp({ verdict, ran, control }: BothRuns): boolean {
  if (verdict.status === 'passed') return false;
  return ran.mayNeedWriting || (control !== null && control.mayNeedWriting && !isSuccess(control));
}

/** Where the control run needs to write too, what it then does tells more than that both failed. */
function worse(readOnly: BothRuns, writable: BothRuns): BothRuns {
  const isOnlySo =
    readOnly.verdict.status === 'unclear' || (readOnly.control !== null && !isSuccess(readOnly.control));
  return isOnlySo && writable.verdict.status === 'failed' ? writable : readOnly;
}

async function runBoth(
  examination: Examination,
  setting: ExaminationSetting,
  readOnlyRoot: boolean,
  afterwards?: (left: LeftRoot) => Promise<void>,
): Promise<BothRuns> {
  const { control, image } = setting;
  const job = { examination, image, readOnlyRoot };
  const run = (): Promise<RanCheck> =>
    runCheck(examination, { ...setting, readOnlyRoot, ...(afterwards === undefined ? {} : { afterwards }) });
  const [ran, controls] = await Promise.all([run(), control?.atLeast(1, job) ?? null]);
  if (control === null || controls === null)
    return { job, ran, control: null, comparison: null, ...judge(examination, ran, null) };
  const believed = await believe(control, job, run, { ran, controls });
  const [first] = believed.controls;
  const where = control.where;
  const verdict = judge(examination, believed.ran, { ran: first, comparison: believed.comparison, where });
  return { job, ran: believed.ran, control: first, comparison: believed.comparison, ...verdict };
}

function judge(
  { kind }: Examination,
  image: RanCheck,
  control: Judged['control'],
): Pick<BothRuns, 'judged' | 'verdict'> {
  const judged = { kind, image, control, surroundings: null };
  return { judged, verdict: verdictOf(judged) };
}

interface Seen {
  readonly ran: RanCheck;
  readonly controls: readonly [RanCheck, ...RanCheck[]];
}

/**
 * A difference is believed only when it stays: of an end, when the image is run once more; of what was printed, in the
 * face of what a second control run does not agree on with the first, and then with one more run of each.
 */
async function believe(
  control: ControlRuns,
  job: ControlJob,
  run: () => Promise<RanCheck>,
  seen: Seen,
): Promise<Seen & { readonly comparison: Comparison }> {
  let { ran, controls } = seen;
  let comparison = compare(controls, ran, control.where);
  for (let runs = 2; runs <= CONTROL_RUNS && comparison.difference !== null; runs++) {
    const isEnd = comparison.difference.what === 'end';
    // That one of them lives may be for want of time: then neither is believed alone.
    const isSlow = isEnd && (ran.outcome.isAlive || controls[0].outcome.isAlive);
    if (isSlow) controls = (await control.afresh(job)) ?? controls;
    else if (!isEnd) controls = (await control.atLeast(runs, job)) ?? controls;
    if (isEnd || runs === CONTROL_RUNS) ran = await run();
    comparison = compare(controls, ran, control.where);
    if (isEnd && comparison.difference?.what === 'end') break;
  }
  return { ran, controls, comparison };
}

/** As many as it takes: the first, one to compare it with, and one when a difference is tried once more. */
const CONTROL_RUNS = 3;

function compare(controls: Seen['controls'], ran: RanCheck, where: string): Comparison {
  const [first, ...others] = controls;
  return compareOutcomes([first.outcome, ...others.map(({ outcome }) => outcome)], ran.outcome, where);
}

function examined(runs: BothRuns, setting: ExaminationSetting, findings: readonly Finding[]): Examined {
  const { ran, control, verdict, comparison, job, judged } = runs;
  const result: CheckResult = {
    name: ran.check.name,
    ...verdict,
    argv: ran.argv,
    exitCode: ran.outcome.exitCode,
    signal: ran.outcome.signal,
    stdoutSha256: ran.stdoutSha256,
    elapsedMs: ran.elapsedMs,
    added: ran.added,
    listens: ran.port,
    control:
      control === null
        ? null
        : {
            exitCode: control.outcome.exitCode,
            signal: control.outcome.signal,
            stdoutSha256: control.stdoutSha256,
            difference: comparison?.difference?.message ?? null,
          },
  };
  const all = [
    ...findings,
    ...uncomparedFindings(result.name, comparison),
    ...stopFindings(ran, verdict, setting.image),
  ];
  return { result, ran, control, findings: all, job, judged };
}

function uncomparedFindings(name: string, comparison: Comparison | null): readonly Finding[] {
  return (comparison?.uncompared ?? []).map((what) => ({
    level: 'info',
    message: `check "${name}": not compared: ${what}`,
    hint: 'give the check `expectedOutput`, so that what matters of it is looked at',
  }));
}

function writableRootFinding({ ran, verdict }: BothRuns, wrote: string | null): Finding {
  return {
    level: 'warning',
    message: `check "${ran.check.name}" needs a writable root${wrote === null ? '' : `: it ${wrote}`} (read-only: ${verdict.detail})`,
    hint: 'under docker run --read-only give it --tmpfs for that place',
  };
}

/** PID 1 has no default action for a signal that it does not handle: pid_namespaces(7). */
function stopFindings(
  { check, stoppedBySignal }: RanCheck,
  { status }: Verdict,
  { stopSignal }: RuntimeConfiguration,
): readonly Finding[] {
  if (stoppedBySignal !== false || status === 'failed') return [];
  return [
    {
      level: 'warning',
      message: `check "${check.name}": the program ignores ${stopSignal.name}, as PID 1 does when it has no handler: docker stop waits 10 s and kills it`,
      hint: 'handle the signal, or build with --init, which puts a small init before it, as docker run --init does',
    },
  ];
}
