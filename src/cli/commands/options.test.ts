import { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { collectPair, parseInteger, parseWords, repeatable } from './options.ts';

describe('repeatable', () => {
  const parse = (...argv: readonly string[]): unknown =>
    new Command()
      .exitOverride()
      .configureOutput({ outputError: () => {} })
      .addOption(repeatable(new Option('--rung <rung>').choices(['a', 'b'])))
      .parse(argv, { from: 'user' })
      .opts();

  it('collects the values, in order', () => {
    expect(parse('--rung', 'b', '--rung', 'a')).toEqual({ rung: ['b', 'a'] });
    expect(parse()).toEqual({});
  });

  it('still refuses what is not a choice', () => {
    expect(() => parse('--rung', 'a', '--rung', 'c')).toThrowError(/Allowed choices are a, b/);
  });
});

describe('parseWords', () => {
  it.each([
    ['/app  -v', ['/app', '-v']],
    ['["/a b","-v"]', ['/a b', '-v']],
    ['', []],
  ])('%s', (text, words) => expect(parseWords(text)).toEqual(words));

  it.each(['["/app"', '[1]', '[{}]'])('refuses %s', (text) => {
    expect(() => parseWords(text)).toThrowError(/JSON list of strings/);
  });
});

describe('collectPair', () => {
  it('splits at the first =, and lets the later value win', () => {
    expect(collectPair('A=b=c', { A: '1', B: '2' })).toEqual({ A: 'b=c', B: '2' });
    expect(collectPair('A=')).toEqual({ A: '' });
  });

  it.each(['A', '=b', ''])('refuses "%s"', (text) =>
    expect(() => collectPair(text)).toThrowError(/KEY=VALUE/),
  );
});

describe('parseInteger', () => {
  it('takes whole numbers only', () => {
    expect(parseInteger('9')).toBe(9);
    for (const text of ['', '-1', '1.5', '0x1', '9'.repeat(16)])
      expect(() => parseInteger(text)).toThrowError();
  });
});
