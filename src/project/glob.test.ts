import { describe, expect, it } from 'vitest';
import { matchesGlob } from './glob.ts';

describe('matchesGlob', () => {
  it.each([
    ['*', 'crate', true],
    ['*', '', true],
    ['c*', 'crate', true],
    ['*te', 'crate', true],
    ['c*a*e', 'crate', true],
    ['c*b*e', 'crate', false],
    ['tool-?', 'tool-a', true],
    ['tool-?', 'tool-', false],
    ['[ab]x', 'bx', true],
    ['[!ab]x', 'bx', false],
    ['[a-c]x', 'bx', true],
    ['[]]x', ']x', true],
    ['[ab', '[ab', false],
    ['a.b', 'axb', false],
    ['(a|b)+', '(a|b)+', true],
    ['{a}', '{a}', true],
  ])('%s means %s: %s', (pattern, name, expected) => {
    expect(matchesGlob(pattern, name)).toBe(expected);
  });

  it('answers for a pattern of many stars', () => {
    expect(matchesGlob(`${'*a'.repeat(2000)}*b`, 'a'.repeat(250))).toBe(false);
    expect(matchesGlob('*a'.repeat(60), 'a'.repeat(250))).toBe(true);
  });
});
