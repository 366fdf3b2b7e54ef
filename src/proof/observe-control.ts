import { join } from 'node:path';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/temporary-folder.ts';
import type { Observation } from '../observe/index.ts';
import type { ControlRuns } from './control-run.ts';
import type { Examined } from './examine.ts';

/** What a control run asked its kernel for, and what may be missing of it. */
export interface ObservedControl {
  readonly observations: ReadonlyMap<Examined, Observation>;
  /** In words, why they may be incomplete or of another course than the run that was judged; []: nothing tells so. */
  readonly doubts: readonly string[];
}

/** Runs the control of these checks once more, observed. Errors: those of `Sandbox.run`; UNREADABLE. */
export async function observeControl(
  control: ControlRuns,
  examined: readonly Examined[],
  signal: AbortSignal | undefined,
): Promise<ObservedControl> {
  const { readTrace } = await import('../observe/index.ts');
  const folder = makeTemporaryFolder('trace');
  const observations = new Map<Examined, Observation>();
  const doubts = new Set<string>();
  try {
    for (const [index, one] of examined.entries()) {
      const { job, control: unobserved } = one;
      const traceFile = join(folder, `${index}`);
      const ran = await control.observe(job, traceFile);
      if (ran.observed === null) continue;
      const observation = await readTrace(traceFile, {
        ...ran.observed,
        workingDirectory: job.image.cwd,
        signal,
      });
      observations.set(one, observation);
      observation.gaps.forEach((gap) => doubts.add(gap));
      if (!observation.started) doubts.add('its start was not seen');
      if (unobserved !== null && unobserved.outcome.exitCode !== ran.outcome.exitCode)
        doubts.add('observed, the program ends otherwise');
    }
  } finally {
    removeTemporaryFolder(folder);
  }
  return { observations, doubts: [...doubts] };
}
