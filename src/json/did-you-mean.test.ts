import { describe, expect, it } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

const KNOWN = [
  'name',
  'bin',
  'c',
  'go',
  'env',
  'expose',
  'entrypoint',
  'exitCode',
  'expectedOutput',
  'start',
];

describe('didYouMean', () => {
  it.each([
    ['nmae', 'name'],
    ['Name', 'name'],
    ['exitcode', 'exitCode'],
    ['exit_code', 'exitCode'],
    ['expectedoutputs', 'expectedOutput'],
    ['entrypont', 'entrypoint'],
    ['satrt', 'start'],
    ['evn', 'env'],
    ['bins', 'bin'],
  ])('%s: %s', (name, meant) => {
    expect(didYouMean(name, KNOWN)).toBe(meant);
  });

  it.each(['frobnicate', 'xyz', '', 'x'.repeat(41), 'description'])('nothing for %j', (name) => {
    expect(didYouMean(name, KNOWN)).toBeNull();
  });

  it('takes no longer for a name of a megabyte', () => {
    expect(didYouMean('n'.repeat(1_000_000), KNOWN)).toBeNull();
  });
});
