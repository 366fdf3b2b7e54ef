import { MorselError } from '../../core/errors.ts';
import type { RunResult } from '../sandbox.ts';
import type { StartFailure } from '../start-failure.ts';

/** The result of a run whose program was never started. */
export function notStarted(failure: StartFailure, stderr: Buffer = Buffer.alloc(0)): RunResult {
  return {
    exitCode: null,
    signal: null,
    timedOut: false,
    droppedBytes: 0,
    elapsedMs: 0,
    notes: [],
    lifted: [],
    trustedIn: [],
    unfaithful: [],
    observed: null,
    stdout: Buffer.alloc(0),
    stderr,
    startFailure: failure,
  };
}

export function interrupted(): MorselError {
  return new MorselError('INTERRUPTED', 'interrupted while the program ran', {
    hint: 'nothing of it is left; run the command again',
  });
}
