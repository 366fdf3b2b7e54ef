import { describe, expect, it } from 'vitest';
import type { ProbeResult, RunningContainer } from '../sandbox/index.ts';
import type { ServerCheck } from './check.ts';
import { NO_CONDITIONS } from './conditions/conditions.ts';
import { ServerExamination } from './server-examination.ts';

const CHECK: ServerCheck = {
  kind: 'server',
  name: 'serves',
  args: null,
  env: {},
  stdin: null,
  expectedOutput: [],
  excludedOutput: [],
  expectedError: [],
  excludedError: [],
  conditions: NO_CONDITIONS,
  timeoutSeconds: 1000,
  start: [],
  request: { kind: 'http', url: 'http://127.0.0.1:80/', status: 200, body: null },
};

/** A server that gives these answers in turn, and ends when it is told to. Being asked once more fails. */
function answering(answers: readonly ProbeResult[]): RunningContainer {
  const left = [...answers];
  let hasExited = false;
  return {
    probe: () => {
      const next = left.shift();
      return next === undefined ? Promise.reject(new Error('asked once more')) : Promise.resolve(next);
    },
    hasExited: () => hasExited,
    drops: () => false,
    kill: () => {
      hasExited = true;
      return true;
    },
    exited: Promise.resolve(),
  } as unknown as RunningContainer;
}

const http = (status: number): ProbeResult => ({ kind: 'http', status, body: '' });
const REFUSED: ProbeResult = { kind: 'failed', reason: 'ECONNREFUSED' };

describe('ServerExamination', () => {
  it.each<[string, readonly ProbeResult[], string]>([
    ['waits until it can be reached', [REFUSED, REFUSED, REFUSED, http(200)], 'status 200'],
    ['waits while it says that it is not ready', [http(503), http(503), http(503), http(200)], 'status 200'],
    ['asks once more after a wrong answer', [http(404), http(200)], 'status 200'],
    ['takes two wrong answers for its answer', [REFUSED, http(404), http(404)], 'status 404'],
    ['takes two, though they differ', [http(404), http(500)], 'status 500'],
  ])('%s', async (_, answers, last) => {
    const examination = new ServerExamination(CHECK, { name: 'SIGTERM', number: 15 }, undefined);
    await examination.examine(answering(answers));
    const ended = { stderr: Buffer.alloc(0) } as Parameters<ServerExamination['problems']>[0];
    const said = [...examination.problems(ended), examination.answered].join(' ');
    expect(said).toContain(last);
    expect(examination.stoppedBySignal).toBe(true);
  });
});
