import { describe, expect, it } from 'vitest';
import { printable } from './terminal.ts';

describe('printable', () => {
  it('keeps lines, tabs and colours', () => {
    const text = 'a\tb\n\u001B[1;31merror:\u001B[0m é 漢\n';
    expect(printable(text)).toBe(text);
    expect(printable('a\r\nb')).toBe('a\nb');
  });

  it.each([
    ['\u001B]0;title\u0007', '\\u001b]0;title\\u0007'],
    ['\u001B[2J', '\\u001b[2J'],
    ['\u009B2J', '\\u009b2J'],
    ['safe\rEVIL', 'safe\\u000dEVIL'],
    ['a\u0000b\u007F', 'a\\u0000b\\u007f'],
  ])('shows %j instead of sending it', (text, shown) => expect(printable(text)).toBe(shown));

  it('leaves a JSON document the same document', () => {
    const value = { path: '/a\u009Bb\u007F\u001B[2J\r' };
    expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
  });
});
