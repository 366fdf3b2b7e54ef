import type { Step } from '../launcher/assemble-program.ts';

/** The programs of a run that report to STATUS_FD, in their order. */
export interface Chain {
  readonly enter: readonly Step[];
  readonly prepare: readonly Step[];
  readonly launcher: readonly Step[];
}

/** Numbers of their steps in a report: more than any of them has, and less than READY_STEP. */
export const FIRST_STEP: Readonly<Record<keyof Chain, number>> = {
  launcher: 0,
  prepare: 0x4000,
  enter: 0x8000,
};

/** The step that a report names, and whose it is. */
export function reportedStep(
  chain: Chain,
  number: number,
): { readonly program: keyof Chain; readonly step: Step } | null {
  const program =
    number >= FIRST_STEP.enter ? 'enter' : number >= FIRST_STEP.prepare ? 'prepare' : 'launcher';
  const step = chain[program][number - FIRST_STEP[program]];
  return step === undefined ? null : { program, step };
}
