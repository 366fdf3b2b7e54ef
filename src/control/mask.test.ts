import { describe, expect, it } from 'vitest';
import { differsIn, maskOf } from './mask.ts';

describe('a mask of several runs', () => {
  it('covers nothing when they agree', () => {
    const mask = maskOf(['a\nb\n', 'a\nb\n']);
    expect(differsIn(mask, 'a\nb\n', 'a\nb\n')).toBeNull();
    expect(differsIn(mask, 'a\nb\n', 'a\nc\n')).toEqual({ line: 2, expected: 'b', found: 'c' });
  });

  it('covers the words in which they differ, and no other', () => {
    const runs = ['pid 12 at 10:00:01: ready\n', 'pid 13 at 10:00:02: ready\n'];
    const mask = maskOf(runs);
    expect(differsIn(mask, runs[0] ?? '', 'pid 99 at 10:00:59: ready\n')).toBeNull();
    expect(differsIn(mask, runs[0] ?? '', 'pid 99 at 10:00:59: broken\n')).toMatchObject({ line: 1 });
    // The minute was the same in both: it is compared.
    expect(differsIn(mask, runs[0] ?? '', 'pid 99 at 10:01:02: ready\n')).toMatchObject({ line: 1 });
  });

  it('covers a line of another number of words, and compares the others', () => {
    const runs = ['one\n/tmp/a b c\nthree', 'one\n/tmp/abcd/ef\nthree'];
    const mask = maskOf(runs);
    expect(differsIn(mask, runs[0] ?? '', 'one\nanything at all\nthree')).toBeNull();
    expect(differsIn(mask, runs[0] ?? '', 'one\n/tmp/a b c\nfour')).toMatchObject({ line: 3, found: 'four' });
  });

  it('covers a stream of another number of lines', () => {
    const mask = maskOf(['a\nb', 'a']);
    expect(mask).toEqual({ kind: 'stream' });
    expect(differsIn(mask, 'a\nb', 'c\nd\ne')).toBeNull();
  });

  it('grows with each run', () => {
    const runs = ['x=1 y=1', 'x=2 y=1', 'x=1 y=2'];
    expect(differsIn(maskOf(runs.slice(0, 2)), 'x=1 y=1', 'x=3 y=3')).not.toBeNull();
    expect(differsIn(maskOf(runs), 'x=1 y=1', 'x=3 y=3')).toBeNull();
    expect(differsIn(maskOf([...runs, 'x=1']), 'x=1 y=1', 'z')).toBeNull();
    // What covers the whole line stays so.
    expect(differsIn(maskOf(['x=1', 'x', 'x=2']), 'x=1', 'z')).toBeNull();
  });

  it('tells of a line that is missing, and of one too many', () => {
    const mask = maskOf(['a\nb']);
    expect(differsIn(mask, 'a\nb', 'a')).toEqual({ line: 2, expected: 'b', found: null });
    expect(differsIn(mask, 'a', 'a\nb')).toEqual({ line: 2, expected: null, found: 'b' });
  });
});
