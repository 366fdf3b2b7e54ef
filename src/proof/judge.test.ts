import { describe, expect, it } from 'vitest';
import type { RunResult } from '../sandbox/index.ts';
import { judgeCommand, judgingTime } from './judge.ts';
import { parseChecks } from './parse-checks.ts';

const ended = (result: { exitCode: number; stdout?: string; stderr?: string }): RunResult => ({
  exitCode: result.exitCode,
  stdout: Buffer.from(result.stdout ?? ''),
  stderr: Buffer.from(result.stderr ?? ''),
  signal: null,
  timedOut: false,
  droppedBytes: 0,
  elapsedMs: 1,
  startFailure: null,
  notes: [],
  observed: null,
  trustedIn: [],
  unfaithful: [],
  lifted: [],
});

const judge = async (check: object, result: RunResult): Promise<readonly string[]> => {
  const [parsed] = await parseChecks([{ name: 'check', ...check }]);
  if (parsed?.kind !== 'command') throw new Error('a command was asked for');
  return judgeCommand(parsed, result, judgingTime(parsed, result, undefined));
};

describe('judgeCommand', () => {
  it('tells what the program said on stderr when it is its output that is missing', async () => {
    expect(
      await judge({ expectedOutput: ['^3$'] }, ended({ exitCode: 2, stderr: "Can't locate POSIX.pm\n" })),
    ).toEqual([
      'exit code 2, expected 0; it said: "Can\'t locate POSIX.pm"',
      'stdout has no match for ^3$: ""',
    ]);
  });

  it('does not quote the same words twice', async () => {
    const problems = await judge({ expectedError: ['ok'] }, ended({ exitCode: 2, stderr: 'bad\n' }));
    expect(problems).toEqual(['exit code 2, expected 0', 'stderr has no match for ok: "bad\\n"']);
  });

  it('keeps the end of long words: that is where the reason is', async () => {
    const stderr = `Fatal error\n${'line of configuration\n'.repeat(50)}No module named encodings\n`;
    const [problem] = await judge({}, ended({ exitCode: 1, stderr }));
    expect(problem).toMatch(/said: "Fatal error.*….*No module named encodings"$/s);
    expect(problem?.length).toBeLessThan(600);
  });

  it('compares what is expected and what is excluded, on both streams', async () => {
    const result = ended({ exitCode: 0, stdout: 'one\ntwo\n', stderr: 'three\n' });
    expect(await judge({ expectedOutput: ['^two$'], excludedError: ['four'] }, result)).toEqual([]);
    expect(
      await judge({ expectedOutput: ['^tw$'], excludedOutput: ['o'], excludedError: ['^three$'] }, result),
    ).toEqual([
      'stdout has no match for ^tw$: "one\\ntwo\\n"',
      'stdout matches o: "one\\ntwo\\n"',
      'stderr matches ^three$: "three\\n"',
    ]);
  });

  it('is not held by a pattern that backtracks', async () => {
    const result = ended({ exitCode: 0, stdout: `${'a'.repeat(1024 * 1024)}!` });
    const [problem] = await judge({ expectedOutput: ['^(a+)+$'] }, result);
    expect(problem).toMatch(/^stdout has no match for \^\(a\+\)\+\$/);
  });

  it('gives up where the time of the check is over', async () => {
    const stdout = Array.from({ length: 1024 * 1024 }, (_, i) => 'ab'[(Math.imul(i, 2654435761) >>> 17) & 1]);
    const result = ended({ exitCode: 0, stdout: `cx ${stdout.join('')} cx` });
    const check = { expectedOutput: ['\\b(a|b)*a(a|b){900}[cd]x'], timeoutSeconds: 0.5 };
    const [problem] = await judge(check, result);
    expect(problem).toMatch(/^stdout could not be searched for .* in time/);
  });
});
