import { describe, expect, it } from 'vitest';
import { escapeUnprintable, printableJson } from './printable.ts';

/** One of each kind that a terminal obeys, or that people do not see. */
const HOSTILE: readonly (readonly [string, string])[] = [
  ['\u001B]0;title\u0007', '\\u001b]0;title\\u0007'],
  ['\u001B]8;;https://x\u001B\\link', '\\u001b]8;;https://x\\u001b\\link'],
  ['\u001B[2J', '\\u001b[2J'],
  ['\u001B[1;31m', '\\u001b[1;31m'],
  ['\u009B2J', '\\u009b2J'],
  ['safe\rEVIL', 'safe\\rEVIL'],
  ['a\nb\tc\u0000d\u007F', 'a\\nb\\tc\\u0000d\\u007f'],
  ['\u2028\u2029\u0085', '\\u2028\\u2029\\u0085'],
  ['\u202Egnp\u202C\u2066x\u2069', '\\u202egnp\\u202c\\u2066x\\u2069'],
  ['\u200B\u200D\uFEFF\u00AD\u3164', '\\u200b\\u200d\\ufeff\\u00ad\\u3164'],
  ['\u{E0041}', '\\udb40\\udc41'],
  ['\uDCFF', '\\udcff'],
];

describe('escapeUnprintable', () => {
  it.each(HOSTILE)('shows %j instead of sending it', (text, shown) => {
    expect(escapeUnprintable(text)).toBe(shown);
    expect(escapeUnprintable(shown)).toBe(shown);
  });

  it('leaves every script as it is', () => {
    const text = 'é漢字 кириллица עברית العربية 😀 ‘quoted’ … →';
    expect(escapeUnprintable(text)).toBe(text);
  });
});

describe('printableJson', () => {
  it('is the same document, in which nothing hides', () => {
    const value = { [HOSTILE.map(([text]) => text).join('|')]: HOSTILE.map(([text]) => text) };
    for (const indent of [undefined, 2]) {
      const document = printableJson(value, indent);
      expect(JSON.parse(document)).toEqual(value);
      expect(document).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}\u3164]/u);
    }
    expect(printableJson({ a: [1, 'x'] }, 2)).toBe(JSON.stringify({ a: [1, 'x'] }, null, 2));
  });
});
