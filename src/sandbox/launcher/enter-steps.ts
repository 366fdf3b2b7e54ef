import type { Step } from './assemble-program.ts';
import { writeFile } from './file-steps.ts';
import { deathSignalStep, keyringStep } from './privilege-steps.ts';
import { closeInheritedStep, continueStep } from './start-steps.ts';
import { unlockTerminalSteps, type WindowSize } from './terminal-steps.ts';

/**
 * The first program of a chain: into the cgroups of the run (their absolute directories), and a keyring of its own.
 * @param terminal the size of the program's own, whose other end is TERMINAL_FD; null: it has none.
 */
export function enterSteps(
  cgroups: readonly string[],
  argv: readonly string[],
  path: string,
  terminal: WindowSize | null,
): readonly Step[] {
  return [
    ...(terminal === null ? [] : unlockTerminalSteps(terminal)),
    closeInheritedStep(),
    // 0 is the process that writes it, cgroups(7).
    ...cgroups.flatMap((directory) => writeFile(`${directory}/cgroup.procs`, '0', 0)),
    keyringStep(),
    deathSignalStep(),
    continueStep(argv, path),
  ];
}
