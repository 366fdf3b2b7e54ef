import { describe, expect, it } from 'vitest';
import { compareOutcomes } from './difference.ts';
import type { Outcome } from './outcome.ts';

function outcome(
  parts: Partial<Record<'stdout' | 'stderr', string>> & Partial<Omit<Outcome, 'stdout' | 'stderr'>>,
): Outcome {
  const { stdout = '', stderr = '', ...rest } = parts;
  return {
    exitCode: 0,
    signal: null,
    startFailure: null,
    isAlive: false,
    answer: null,
    isListening: null,
    written: null,
    ...rest,
    stdout: Buffer.from(stdout),
    stderr: Buffer.from(stderr),
  };
}

const WHERE = 'on this machine';
const said = (control: Outcome, image: Outcome): string | null =>
  compareOutcomes([control], image, WHERE).difference?.message ?? null;

describe('two runs of one job', () => {
  it('are the same when all that can be seen is', () => {
    const one = outcome({ stdout: 'a\n', stderr: 'b\n', answer: 'status 200\nhi' });
    expect(compareOutcomes([one], one, WHERE)).toEqual({ difference: null, uncompared: [] });
  });

  it('differ in how they end before all else', () => {
    expect(said(outcome({ stdout: 'a' }), outcome({ exitCode: 1, stdout: 'b' }))).toBe(
      'ends with exit code 1, and on this machine ends with exit code 0',
    );
    expect(said(outcome({}), outcome({ exitCode: null, signal: 'SIGSEGV' }))).toContain(
      'is ended by SIGSEGV',
    );
    expect(said(outcome({ exitCode: null, isAlive: true }), outcome({ exitCode: 2 }))).toBe(
      'ends with exit code 2, and on this machine stays alive',
    );
    expect(said(outcome({}), outcome({ exitCode: null, startFailure: 'no such file' }))).toContain(
      'does not start',
    );
  });

  it('differ in what they say, stderr first', () => {
    const message = said(outcome({ stderr: '', stdout: '1' }), outcome({ stderr: 'no file', stdout: '2' }));
    expect(message).toBe('stderr says "no file" in line 1, and on this machine ""');
    expect(said(outcome({ stdout: 'a\nb' }), outcome({ stdout: 'a' }))).toBe(
      'stdout has no line 2, and on this machine "b"',
    );
  });

  it('differ where the image tells of a failure in what is not compared', () => {
    const rows = [outcome({ stdout: 'a\nb\n' }), outcome({ stdout: 'a\nb\nc\n' })] as const;
    const failing = compareOutcomes(rows, outcome({ stdout: 'fatal: no rows\n' }), WHERE);
    expect(failing.difference).toEqual({
      what: 'failure-words',
      message: 'says "fatal: no rows", and on this machine nothing of that',
    });
    expect(compareOutcomes(rows, outcome({ stdout: 'a\n' }), WHERE).difference).toBeNull();
    const alive = { exitCode: null, isAlive: true } as const;
    expect(said(outcome(alive), outcome({ ...alive, stderr: 'cannot open x' }))).toContain('"cannot open x"');
    const line = [outcome({ stdout: 'a b' }), outcome({ stdout: 'a b c' })] as const;
    expect(compareOutcomes(line, outcome({ stdout: 'cannot open x' }), WHERE).difference).not.toBeNull();
  });

  it('differ in how many files they leave, where the names are another in each run', () => {
    const leaving = (...names: string[]): Outcome =>
      outcome({ written: new Map(names.map((name) => [`/tmp/${name}`, '1'])) });
    const compared = (...names: string[]): string | null =>
      compareOutcomes([leaving('xA'), leaving('xB')], leaving(...names), WHERE).difference?.message ?? null;
    expect(compared('xC')).toBeNull();
    expect(compared()).toBe('leaves 0 files in /tmp, and on this machine 1');
    expect(compareOutcomes([leaving('xA'), leaving()], leaving(), WHERE).difference).toBeNull();
  });

  it('are not compared by what they print while they live, but by whether they listen and what they answer', () => {
    const alive = { exitCode: null, isAlive: true, isListening: true } as const;
    expect(said(outcome({ ...alive, stderr: 'a' }), outcome({ ...alive, stderr: 'b' }))).toBeNull();
    expect(said(outcome(alive), outcome({ ...alive, isListening: false }))).toBe(
      'does not listen, and on this machine it does',
    );
    const answer = said(
      outcome({ ...alive, answer: 'status 200\nfull' }),
      outcome({ ...alive, answer: 'status 404\n' }),
    );
    expect(answer).toContain('status 404');
  });

  it('differ in the files that they leave, by content or by absence, as far as control runs agree', () => {
    const left = (files: Readonly<Record<string, string>>): Outcome =>
      outcome({ written: new Map(Object.entries(files)) });
    expect(said(left({ '/tmp/a': '1' }), left({ '/tmp/a': '1', '/tmp/log': '2' }))).toBeNull();
    expect(said(left({ '/tmp/a': '1' }), left({ '/tmp/a': '2' }))).toBe(
      'writes another /tmp/a than on this machine',
    );
    expect(said(left({ '/tmp/a': '1' }), left({}))).toBe('writes no /tmp/a, and on this machine it does');
    expect(said(left({ '/tmp/a': '1' }), outcome({}))).toBeNull();
    const random = [
      left({ '/tmp/key': '1', '/tmp/x.1': '1' }),
      left({ '/tmp/key': '2', '/tmp/x.2': '1' }),
    ] as const;
    expect(compareOutcomes(random, left({ '/tmp/key': '3', '/tmp/x.3': '1' }), WHERE)).toEqual({
      difference: null,
      uncompared: ['what is in /tmp/key, /tmp/x.1, in which two runs on this machine differ'],
    });
    expect(compareOutcomes(random, left({}), WHERE).difference?.what).toBe('lacking-file');
  });

  it('say what could not be compared', () => {
    const runs = [outcome({ stdout: 'a\nb' }), outcome({ stdout: 'a' })] as const;
    const compared = compareOutcomes(runs, outcome({ stdout: 'c' }), WHERE);
    expect(compared.difference).toBeNull();
    expect(compared.uncompared).toEqual(['stdout: two runs on this machine differ in their number of lines']);
    // An end is never covered.
    expect(compareOutcomes(runs, outcome({ exitCode: 3 }), WHERE).difference?.what).toBe('end');
  });

  it('say that of a long stream only its beginning was kept', () => {
    const long = outcome({ stdout: 'x'.repeat(1024 * 1024) });
    expect(compareOutcomes([long], long, WHERE).uncompared).toEqual([
      'stdout: what comes after its first MiB',
    ]);
  });

  it('quote bytes that are no text without losing them', () => {
    const message = said(outcome({ stdout: 'é' }), outcome({ stdout: 'è'.repeat(400) }));
    expect(message).toContain('"è');
    expect(message?.length).toBeLessThan(500);
  });
});
