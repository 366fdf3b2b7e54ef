import { describe, expect, it } from 'vitest';
import { measurePattern, searchText } from './pattern.ts';

const search = (source: string, text: string, signal?: AbortSignal): Promise<boolean | null> =>
  searchText({ source }, text, { deadline: performance.now() + 60_000, signal });

/** What people write in checks, in the syntax of JavaScript, with a text that each matches and one that it does not. */
const JAVASCRIPT: readonly (readonly [string, string, string])[] = [
  ['^hello, \\w+!$', 'x\nhello, world!\n', 'hello, world! '],
  ['^\\d{4}-\\d{2}-\\d{2}T', '2026-11-26T', '26-11-26T'],
  ['(?<year>\\d{4})', 'in 2026', 'in 206'],
  ['(?:a|b)+?c', 'xabac', 'xabab'],
  ['a\\.b\\/c', 'a.b/c', 'axb/c'],
  ['a/b', 'a/b', 'ab'],
  ['[^]x', '\nx', 'x'],
  ['\\u0041\\x42\\cA', 'AB\u0001', 'ABA'],
  ['\\u{1F600}', '😀', 'u'],
  ['^.$', '😀', 'ab'],
  ['a\\sb', 'a\u202Fb', 'ab'],
  ['[\\s,]b', '\vb', 'xb'],
  ['^\\S+$', 'ab', 'a\u00A0b'],
  ['[\\b]', '\b', 'b'],
  ['\\bfoo\\b', 'a foo', 'food'],
  ['[\\d-x]{3}', '1-x', 'abc'],
  ['\\-\\_\\@', '-_@', '@_-'],
  ['x{,3}', 'x{,3}', 'xxx'],
  ['^é+$', 'éé', 'ee'],
  ['^a$', 'b\r\na\r\n', 'ab\r\n'],
  ['a\\r\\nb', 'a\r\nb', 'a\nb'],
];

describe('patterns of JavaScript', () => {
  it.each(JAVASCRIPT)('%s', async (source, text, other) => {
    expect(measurePattern(source)).toBeTypeOf('number');
    expect([await search(source, text), await search(source, other)]).toEqual([true, false]);
  });

  it('agree with RegExp wherever both know them', async () => {
    for (const [source, text, other] of JAVASCRIPT.filter(([one]) => !/u\{|\^\.\$|\\r|\^a\$/.test(one))) {
      const native = new RegExp(source, 'm');
      expect([native.test(text), native.test(other)], source).toEqual([true, false]);
    }
  });
});

describe('patterns of RE2', () => {
  it.each([
    ['(?i)HELLO', 'hello'],
    ['(?s)a.b', 'a\nb'],
    ['\\p{Greek}+', 'αβγ'],
    ['[[:alpha:]]+', 'x'],
    ['\\Aa', 'a'],
    ['(?P<name>x)', 'x'],
  ])('%s', async (source, text) => expect(await search(source, text)).toBe(true));

  it.each([
    ['(?=a)', 'has look-around, which RE2 does not know'],
    ['a(?!b)', 'has look-around, which RE2 does not know'],
    ['(?<=a)b', 'has look-around, which RE2 does not know'],
    ['(?<!a)b', 'has look-around, which RE2 does not know'],
    ['(a)\\1', 'has a back-reference, which RE2 does not know'],
    ['(?<n>a)\\k<n>', 'has a back-reference, which RE2 does not know'],
    ['[', 'must be a regular expression, in the syntax of RE2: missing closing ]: `[`'],
    ['(a{1000}){1000}', 'must be a regular expression, in the syntax of RE2: invalid repeat count: `{1000}`'],
    ['('.repeat(1000), 'must be a regular expression'],
    [`(${'x'.repeat(50)}){1000}`, 'takes more than 10000 instructions of RE2'],
    ['\\pL{1000}'.repeat(100), 'takes more than 10000 instructions of RE2'],
    ['x'.repeat(1001), 'has 1001 characters, and 1000 are allowed'],
  ])('refuses %s', (source, problem) => {
    const measured = measurePattern(source);
    expect(measured).toMatchObject({ problem: expect.stringContaining(problem), hint: expect.any(String) });
  });

  it.each(['[(?=]', '\\(?=', '[\\1]?x|x', '\\\\1'])('does not take %s for one of them', (source) => {
    const measured = measurePattern(source);
    expect(typeof measured === 'number' || !measured.problem.startsWith('has ')).toBe(true);
  });
});

describe('searchText', () => {
  const heavy = '\\b(a|b)*a(a|b){900}[cd]x';
  const text = `cx ${Array.from({ length: 1024 * 1024 }, (_, i) => 'ab'[(Math.imul(i, 2654435761) >>> 17) & 1]).join('')} cx`;

  it('hears an abort while it searches', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 0);
    await expect(search(heavy, text, controller.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('ends where its time is over', async () => {
    const deadline = performance.now() + 300;
    expect(await searchText({ source: heavy }, text, { deadline, signal: undefined })).toBeNull();
  });
});
