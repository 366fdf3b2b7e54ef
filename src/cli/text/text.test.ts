import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clip, joinLines, json, paint, quote, text } from './text.ts';

const ESC = '\u001B';

beforeEach(() => {
  vi.stubEnv('NO_COLOR', undefined);
  vi.stubEnv('FORCE_COLOR', '1');
});
afterEach(() => vi.unstubAllEnvs());

describe('text', () => {
  it('keeps what stands in the source code, and escapes the rest', () => {
    const name = `a\n  passed  x${ESC}[2K`;
    expect(text`one\n\t${name}: ${paint('red', name)}`.shown).toBe(
      `one\n\ta\\n  passed  x\\u001b[2K: ${ESC}[31ma\\n  passed  x\\u001b[2K${ESC}[0m`,
    );
    expect(joinLines(['a\nb', text`c`]).shown).toBe('a\\nb\nc');
    expect(json({ name }).shown).toBe('{"name":"a\\n  passed  x\\u001b[2K"}');
  });

  it('is cut where the terminal ends, after it is escaped', () => {
    expect(clip(`ab${ESC}cd`, 8).shown).toBe('ab\\u001b');
    expect(clip('漢字漢字', 5).shown).toBe('漢字');
  });
});

describe('quote', () => {
  it('puts each line behind a gutter, however it ends', () => {
    expect(quote('a\r\nb\rc\n\n  d\t^\n').shown).toBe('  | a\n  | b\n  | c\n  |\n  |   d     ^');
    expect(quote('a\u2028b\u0085c\vd\fe').shown).toBe('  | a\\u2028b\\u0085c\\u000bd\\u000ce');
  });

  it('keeps the colours of letters where they are asked for, none beyond the line', () => {
    const line = `${ESC}[01;31merror${ESC}[m: ${ESC}[38;5;9mx\nnext`;
    expect(quote(line, { colors: true }).shown).toBe(
      `  | ${ESC}[1;31merror${ESC}[0m: ${ESC}[38;5;9mx${ESC}[0m\n  | next`,
    );
    expect(quote(line).shown).toBe('  | error: x\n  | next');
    vi.stubEnv('NO_COLOR', '1');
    expect(quote(line, { colors: true }).shown).toBe('  | error: x\n  | next');
  });

  it.each([
    ['8', ''],
    ['5;31', `${ESC}[31m`],
    ['31;7;1', `${ESC}[31;1m`],
    ['48;5;1;32', `${ESC}[32m`],
    ['48;2;1;2;3;32', `${ESC}[32m`],
    ['38;5;300', ''],
    ['38;5', ''],
    ['38;2;1;2', ''],
    ['41;101;58;5;8', ''],
    ['9'.repeat(400), ''],
  ])('takes of the colour %j %j', (parameters, kept) => {
    expect(quote(`${ESC}[${parameters}mx`, { colors: true }).shown).toBe(`  | ${kept}x${ESC}[0m`);
  });

  it.each([
    `${ESC}[2K`,
    `${ESC}[1A`,
    `${ESC}]8;;u${ESC}\\`,
    `${ESC}c`,
    `${ESC}[1:31m`,
    '\u009B31m',
    `${ESC}[?25l`,
  ])('shows %j, which is no colour', (sequence) => {
    expect(quote(sequence, { colors: true }).shown).not.toMatch(/[\u001B\u009B]/);
  });
});
