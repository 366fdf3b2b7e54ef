import { setMaxListeners } from 'node:events';
import { EXIT } from '../../core/exit-codes.ts';

/** What a command gets beside its own options, and how it answers. */
export interface CommandContext {
  /** Aborted by SIGINT, SIGTERM and SIGHUP; a command that does not ask for it is ended by them. */
  readonly signal: AbortSignal;
  /** Set by a command whose answer is not 0. */
  exitCode: number;
  readonly format: string | undefined;
  /** What stands after `--`, of a command that hands it on to what compiles. */
  readonly words?: readonly string[];
  /** Set by `run`: whether the program in the container took it, as under docker; one that it did not take aborts. */
  takeSignal?: ((signal: NodeJS.Signals) => boolean) | undefined;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The context of one command. The first signal (that no program took) asks the library to stop; a further one ends
 * this process at once, as does any after the command's end. To listen costs a start some milliseconds: it begins when a command asks for the signal.
 */
export function makeContext(
  format: string | undefined,
  words: readonly string[] = [],
): {
  readonly context: CommandContext;
  finish(): void;
} {
  let interrupt: AbortController | undefined;
  let isOver = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (context.takeSignal?.(signal) === true) return;
    if (isOver || interrupt === undefined || interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort();
  };
  // The kernel gives the first process of a container no signal for which it does not listen.
  const listensFromTheStart = process.pid === 1;
  const listen = (): void => SIGNALS.forEach((signal) => process.on(signal, onSignal));
  if (listensFromTheStart) listen();
  const listeningInterrupt = (): AbortController => {
    if (!listensFromTheStart) listen();
    return makeInterrupt();
  };
  const context: CommandContext = {
    exitCode: EXIT.done,
    format,
    words,
    get signal() {
      return (interrupt ??= listeningInterrupt()).signal;
    },
  };
  return {
    context,
    // Still listening: a part that failed last may be cleaning up, and what a signal ends by itself removes nothing.
    finish() {
      context.takeSignal = undefined;
      isOver = true;
    },
  };
}

/** Every process that runs at the moment listens to it; asking a machine for its tools starts dozens. */
function makeInterrupt(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
