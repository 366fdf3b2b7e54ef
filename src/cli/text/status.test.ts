import { describe, expect, it } from 'vitest';
import type { CommandProgress } from '../../core/events.ts';
import { countOf, Status } from './status.ts';

const progress = (rest: Partial<CommandProgress>): CommandProgress => ({
  kind: 'command-progress',
  purpose: 'x',
  unit: 'files',
  done: 1,
  total: null,
  current: null,
  ...rest,
});

describe('countOf', () => {
  it.each([
    [{ unit: 'crates', done: 45, total: 120 }, '45 of 120 crates'],
    [{ unit: 'crates', done: 0, total: 1 }, '0 of 1 crate'],
    [{ unit: 'packages', done: 1 }, '1 package'],
    [{ unit: 'steps', done: 1234, total: 5678 }, '1,234 of 5,678 steps'],
    [{ unit: 'percent', done: 45, total: 100 }, '45 %'],
    [{ done: 312, total: 1056, once: 'zig' }, '312 of about 1,056 files'],
  ] as const)('%o', (rest, words) => {
    expect(countOf(progress(rest))).toBe(words);
  });
});

describe('Status', () => {
  it('is of the command that runs, on its rung or row', () => {
    const status = new Status();
    expect(status.isBusy).toBe(false);
    status.take({ kind: 'rung-started', rung: 'static-go' }, 0);
    status.take({ kind: 'command-started', command: 'go', purpose: 'compile x' }, 1_000);
    expect(status.live(13_000)).toBe('static-go, 12 s: compile x');
    status.take(progress({ unit: 'packages', done: 45, current: 'net/http' }), 14_000);
    expect(status.live(91_500)).toBe('static-go: 45 packages, 1 min 30 s: net/http');
    expect(status.line(3_661_000).shown).toBe('still compiling for static-go: 45 packages, 1 h 1 min');
    status.take({ kind: 'command-finished', purpose: 'compile x', exitCode: 1, elapsedMs: 1 }, 92_000);
    expect(status.isBusy).toBe(false);
  });

  it('goes on with a long command when a question beside it was answered, and the other way round', () => {
    const compile = { kind: 'command-started', command: 'zig', purpose: 'compile x' } as const;
    const ask = { kind: 'command-started', command: 'gcc', purpose: 'see whether gcc takes x' } as const;
    const end = ({ purpose }: { readonly purpose: string }) =>
      ({ kind: 'command-finished', purpose, exitCode: 1, elapsedMs: 1 }) as const;
    for (const [first, second] of [
      [ask, compile],
      [compile, ask],
    ] as const) {
      const status = new Status();
      status.take(compile, 0);
      status.take(ask, 10);
      status.take(end(first), 300);
      expect(status.isBusy).toBe(true);
      expect(status.live(31_000)).toContain(second.purpose);
      status.take(end(second), 32_000);
      expect(status.isBusy).toBe(false);
    }
  });

  it('says what zig makes for itself, and then what it makes for the user', () => {
    const status = new Status();
    status.take({ kind: 'command-started', command: 'zig', purpose: 'configure x' }, 0);
    expect(status.line(30_000).shown).toBe('still configuring: 30 s');
    status.take(progress({ done: 300, total: 1056, once: 'zig\u2019s own C library' }), 1_000);
    expect(status.once).toBe('zig\u2019s own C library');
    expect(status.live(40_000)).toBe('300 of about 1,056 files, 40 s: zig\u2019s own C library');
    expect(status.line(40_000).shown).toBe(
      'still making zig\u2019s own C library (once on this machine): 300 of about 1,056 files, 40 s',
    );
  });
});
