import type { Check } from './check.ts';
import type { ControlRuns } from './control-run.ts';
import { startOf } from './default-check.ts';
import { type Examined, examine, type ExaminationSetting } from './examine.ts';
import type { Examination } from './run-check.ts';
import { isSuccess } from './verdict.ts';

/**
 * Arguments with which nearly every tool does something harmless, in the order of how many know them; the last is a file to
 * look at (unbound-checkconf). A few tools end well with none of them (ssh-keygen).
 */
const PROBES: readonly string[] = [
  '--version',
  '--help',
  '-V',
  '-h',
  'version',
  'help',
  '-version',
  '-help',
  '-v',
  '-?',
  '/dev/null',
];

/**
 * A job for a program that does nothing without one: the first of some well-known that it does in the control run. What
 * it can do there, it must do in the image. `program` as in `Examination`. null where it does none of them.
 */
export async function probeJobs(
  control: ControlRuns,
  program: string | null,
  setting: ExaminationSetting,
): Promise<Examined | null> {
  for (const argument of PROBES) {
    const examination: Examination = { kind: 'check', check: probe(program, argument) };
    const runs = await control.atLeast(1, { examination, image: setting.image, readOnlyRoot: true });
    if (runs === null) return null;
    const [{ outcome }] = runs;
    const isAnswer = outcome.stdout.length + outcome.stderr.length > 0 && !outcome.isAlive;
    if (isAnswer && isSuccess(runs[0])) return examine(examination, setting);
  }
  return null;
}

/** Without what a check could expect: that it does the same as in the control run is all that is asked. */
function probe(program: string | null, argument: string): Check {
  const start = startOf(program);
  return { ...start, name: [...start.command, argument].join(' '), args: [argument] };
}
