import type { ProofStrength } from '../core/choices.ts';
import { type Comparison, endOf, findNewFailure } from '../control/index.ts';
import type { Check } from './check.ts';
import { START_SECONDS } from './default-check.ts';
import type { RanCheck } from './run-check.ts';

/** What is to be said of one check. */
export interface Verdict {
  readonly status: 'passed' | 'failed' | 'unclear';
  readonly strength: ProofStrength | 'none';
  readonly detail: string;
}

/** The same check where its program is known to work, compared with the image's run. */
export interface ControlVerdict {
  readonly ran: RanCheck;
  readonly comparison: Comparison;
  /** "on this machine" */
  readonly where: string;
}

export interface Judged {
  readonly kind: 'start-only' | 'check';
  readonly image: RanCheck;
  /** null where there is none. */
  readonly control: ControlVerdict | null;
  /** Where the control run was observed and shows that its stdout is another in every image; null where not. */
  readonly surroundings: Surroundings | null;
}

/** What explains a difference in stdout, and what else may. */
export interface Surroundings {
  /** "lists /, which has other names in an image" */
  readonly why: string;
  /** What the program used and the image lacks; null for nothing. */
  readonly lacking: string | null;
}

/**
 * What two runs of one job show. `passed` needs a run of the image that does what it should, and where there is a control
 * run, one that does the same and whose own is well; a program that fails in both was not exercised: `unclear`.
 */
export function verdictOf(judged: Judged): Verdict {
  const { lacksDriver, unfaithful } = judged.image;
  if (lacksDriver !== null)
    return unclear(
      `it needs ${lacksDriver}, a driver’s library, which is put into containers where there is such a device (docker run --gpus)`,
    );
  const verdict = judged.kind === 'check' ? verdictOfCheck(judged) : verdictOfStart(judged);
  // What passes with less than the image has, or more, may do otherwise where it has it.
  if (verdict.status !== 'passed' || unfaithful.length === 0) return verdict;
  return unclear(`${verdict.detail}; but not as an engine would run it: ${unfaithful.join('; ')}`);
}

const failed = (detail: string): Verdict => ({ status: 'failed', strength: 'none', detail });
const unclear = (detail: string): Verdict => ({ status: 'unclear', strength: 'none', detail });

/** Without arguments a program that wants some does nothing: only success, or life, shows that it works. */
function verdictOfStart({ image, control, surroundings }: Judged): Verdict {
  if (image.problems.length > 0) return failed([...image.problems, ...alsoThere(control)].join('; '));
  const end = describeStart(image);
  const difference = control?.comparison.difference ?? null;
  if (control !== null && difference?.what === 'stdout' && surroundings !== null && isSuccess(control.ran))
    return verdictOfSurroundings(image, control, surroundings);
  if (control !== null && difference?.what === 'failure-words' && isSuccess(control.ran))
    return unclear(`${end}, as ${control.where}, but ${difference.message}`);
  if (control !== null && difference !== null && difference.what !== 'written' && isSuccess(control.ran))
    return failed(`${difference.message}${ownWords(image)}`);
  const elsewhere = control === null ? '' : ` ${control.where} as well`;
  if (!isSuccess(image) || (difference !== null && difference.what !== 'written'))
    return unclear(
      `${end}${difference === null ? elsewhere : `, and ${control?.where ?? ''} ${endOf(control?.ran.outcome ?? image.outcome)} too`}${saying(image)}: it was not exercised`,
    );
  if (image.isUsage && !image.outcome.isAlive)
    return unclear(`${end}${elsewhere}, saying how it is to be called: it was not exercised`);
  // A program that goes on without what it wants, or retries for ever; a server shows by its socket that it came through.
  if (image.failureWords !== null && image.listens === null)
    return unclear(`${end}${elsewhere}${saying(image)}: it was not exercised`);
  const compared = control === null ? '' : `, as ${control.where}`;
  return {
    status: 'passed',
    strength: 'start',
    detail: `starts, and ${end}${compared}${warning(image)}${difference === null ? '' : `; it ${difference.message}`}; no job was tried`,
  };
}

/** Another root explains another output, and neither words of failure nor what is missing beside it. */
function verdictOfSurroundings(
  image: RanCheck,
  { ran, where }: ControlVerdict,
  { why, lacking }: Surroundings,
): Verdict {
  const seen = `starts, and ${describeStart(image)}, as ${where}; its output is another, since it ${why}`;
  const failure = findNewFailure([ran.outcome], image.outcome);
  if (failure !== null)
    return unclear(`${seen}; but it says ${JSON.stringify(failure)}, and ${where} nothing of that`);
  if (lacking !== null) return unclear(`${seen}; but it may be for want of ${lacking} too`);
  return passed('start', `${seen}; no job was tried`);
}

/** A check's own expectations first; then that the image does what the control does. */
function verdictOfCheck({ image, control, surroundings }: Judged): Verdict {
  const difference = control?.comparison.difference ?? null;
  if (image.problems.length > 0) {
    const there =
      control !== null && control.ran.problems.length === 0 ? ` (${control.where} it passes)` : '';
    return failed(`${[...image.problems, ...alsoThere(control)].join('; ')}${there}`);
  }
  const seen = image.answered ?? `exit code ${image.dockerExitCode ?? 'none'}`;
  const isExpecting = hasExpectations(image.check);
  if (control === null) return passed(isExpecting ? 'checked' : 'start', seen);
  if (control.ran.problems.length > 0) {
    // To do otherwise than where it is known to work proves nothing, unless the check says what is right.
    const unlike = `${seen}, and ${control.where} ${endOf(control.ran.outcome)}`;
    return isExpecting ? passed('checked', unlike) : unclear(unlike);
  }
  if (difference === null) return passedAlike(isExpecting, `${seen}, as ${control.where}`, control);
  // What was written may have the times of files in it, which every image has of its own: it works, and is not equal.
  if (difference.what === 'written')
    return passed(
      isExpecting ? 'checked' : 'start',
      `${seen}, as ${control.where}; it ${difference.message}`,
    );
  if (difference.what === 'failure-words')
    return isExpecting
      ? passed('checked', `${seen}; it ${difference.message}`)
      : unclear(`${seen}, but it ${difference.message}`);
  // The check has said what matters of stdout, and that holds.
  if (difference.what === 'stdout' && image.check.expectedOutput.length > 0)
    return passed('checked', `${seen}; ${difference.message}`);
  if (difference.what === 'stdout' && surroundings !== null)
    return unclear(`${difference.message}: it ${surroundings.why}`);
  return failed(`${difference.message}${ownWords(image)}`);
}

/** A stream that could not be compared is not shown to be equal: only that it ends so, and tells of no failure. */
function passedAlike(
  isExpecting: boolean,
  seen: string,
  { comparison: { uncompared } }: ControlVerdict,
): Verdict {
  if (isExpecting) return passed('checked', seen);
  if (uncompared.length === 0) return passed('equal', seen);
  return passed('start', `${seen}; not compared: ${uncompared.join('; ')}`);
}

/** The line that tells of a failure, else the first; the text of a usage speaks of failures that are none. */
function tellingLine({ failureWords, firstLine, isUsage }: RanCheck): string | null {
  return isUsage ? (firstLine ?? failureWords) : (failureWords ?? firstLine);
}

const passed = (strength: ProofStrength, detail: string): Verdict => ({ status: 'passed', strength, detail });

/** Whether a check says more than that its program ends with 0. */
export function hasExpectations(check: Check): boolean {
  return (
    check.kind === 'server' ||
    check.exitCode !== 0 ||
    check.conditions.stop !== null ||
    [check.expectedOutput, check.excludedOutput, check.expectedError, check.excludedError].some(
      (patterns) => patterns.length > 0,
    )
  );
}

/** A start that is no failure: alive, or ended with 0. */
export function isSuccess({ problems, outcome: { isAlive, exitCode } }: RanCheck): boolean {
  return problems.length === 0 && (isAlive || exitCode === 0);
}

function alsoThere(control: ControlVerdict | null): readonly string[] {
  if (control === null || control.ran.problems.length === 0) return [];
  return [`nor does it pass ${control.where}, where it ${endOf(control.ran.outcome)}`];
}

function describeStart({ outcome, listens }: RanCheck): string {
  if (listens !== null) return `takes connections on ${listens}`;
  return outcome.isAlive ? `is still alive after ${START_SECONDS} s` : endOf(outcome);
}

const saying = (ran: RanCheck): string => {
  const line = tellingLine(ran);
  return line === null ? '' : `, saying ${JSON.stringify(line)}`;
};

/** What it said itself beside a difference that does not quote it. */
const ownWords = ({ failureWords }: RanCheck): string =>
  failureWords === null ? '' : `; it said: ${JSON.stringify(failureWords)}`;

/** A program may say that something failed and end with 0. */
function warning(ran: RanCheck): string {
  return ran.outcome.stderr.length === 0 ? '' : saying(ran);
}
