import { describe, expect, it } from 'vitest';
import { runFor } from './run-for.ts';

describe('runFor', () => {
  it('answers what the work answers, and throws what it throws', () => {
    expect(runFor(1000, () => 7)).toEqual({ value: 7 });
    expect(() =>
      runFor(1000, () => {
        throw new TypeError('x');
      }),
    ).toThrow(TypeError);
  });

  it('stops what does not end, and can be used again', () => {
    expect(
      runFor(20, () => {
        for (;;);
      }),
    ).toBeNull();
    expect(runFor(20, () => /^(a+)+$/.test(`${'a'.repeat(40)}!`))).toBeNull();
    expect(runFor(1000, () => 'again')).toEqual({ value: 'again' });
  });
});
