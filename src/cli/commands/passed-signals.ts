/** How long a program that was asked to end may take: what `docker stop` gives it. */
export const STOP_GRACE_MS = 10_000;

export type Kill = (signal: NodeJS.Signals) => void;

/** Signals that only a program has a use for: morsel itself would be ended by them. */
const ONLY_PASSED = ['SIGUSR1', 'SIGUSR2', 'SIGQUIT'] as const;

/**
 * What happens to signals while a program runs, as under `docker run`: they are its own. As PID 1 it gets none for which it
 * does not listen, so that the second request to end, or some seconds after a SIGTERM, ends it for good.
 * @returns takes one, and says whether it was taken: after the program was killed nothing is.
 */
export function passSignals(kill: Kill): (signal: NodeJS.Signals) => boolean {
  let asked = 0;
  for (const signal of ONLY_PASSED) process.on(signal, () => kill(signal));
  return (signal) => {
    if (signal === 'SIGHUP') return pass(kill, signal);
    asked += 1;
    if (asked === 1) {
      if (signal === 'SIGTERM') setTimeout(() => kill('SIGKILL'), STOP_GRACE_MS).unref();
      return pass(kill, signal);
    }
    // What is not taken ends the run as interrupted.
    return asked === 2 && signal === 'SIGTERM' ? pass(kill, 'SIGKILL') : false;
  };
}

function pass(kill: Kill, signal: NodeJS.Signals): true {
  kill(signal);
  return true;
}
