import { describe, expect, it } from 'vitest';
import type { RunResult } from '../sandbox/index.ts';
import { judgeCommand } from './judge.ts';
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
});

const judge = (check: object, result: RunResult): readonly string[] => {
  const [parsed] = parseChecks([{ name: 'check', ...check }]);
  if (parsed?.kind !== 'command') throw new Error('a command was asked for');
  return judgeCommand(parsed, result);
};

describe('judgeCommand', () => {
  it('tells what the program said on stderr when it is its output that is missing', () => {
    expect(
      judge({ expectedOutput: ['^3$'] }, ended({ exitCode: 2, stderr: "Can't locate POSIX.pm\n" })),
    ).toEqual([
      'exit code 2, expected 0; it said: "Can\'t locate POSIX.pm"',
      'stdout has no match for ^3$: ""',
    ]);
  });

  it('does not quote the same words twice', () => {
    const problems = judge({ expectedError: ['ok'] }, ended({ exitCode: 2, stderr: 'bad\n' }));
    expect(problems).toEqual(['exit code 2, expected 0', 'stderr has no match for ok: "bad\\n"']);
  });

  it('keeps the end of long words: that is where the reason is', () => {
    const stderr = `Fatal error\n${'line of configuration\n'.repeat(50)}No module named encodings\n`;
    const [problem] = judge({}, ended({ exitCode: 1, stderr }));
    expect(problem).toMatch(/said: "Fatal error.*….*No module named encodings"$/s);
    expect(problem?.length).toBeLessThan(600);
  });
});
