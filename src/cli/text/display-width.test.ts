import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { characterWidth, displayWidth } from './display-width.ts';

describe('displayWidth', () => {
  it.each([
    ['abc', 3],
    ['\u6F22\u5B57', 4],
    ['\uD55C\uAE00', 4],
    ['\u1112\u1161\u11AB', 2],
    ['e\u0301', 1],
    ['\uFF76\uFF9E', 2],
    ['\u{1F600}', 2],
    ['\u2014 \u2026', 3],
    ['\u001B[1;31mred\u001B[0m \u6F22', 6],
  ])('%j takes %i columns', (line, columns) => {
    expect(displayWidth(line)).toBe(columns);
  });
});

/** Python has the table of Unicode itself; its release is older than that of Node, which may know more wide ones. */
const WIDE_OF_PYTHON = `
import unicodedata as u
print(*[c for c in range(32, 0x110000) if u.category(chr(c)) not in ('Cn','Co','Cc','Cf','Cs','Mn','Me') and u.east_asian_width(chr(c)) in 'WF'])`;

it('takes no character for narrower than Unicode does', () => {
  const wide = execFileSync('python3', ['-c', WIDE_OF_PYTHON], { encoding: 'utf8', maxBuffer: 1e8 })
    .trim()
    .split(' ');
  expect(wide.length).toBeGreaterThan(100_000);
  const narrower = wide.filter((code) => characterWidth(String.fromCodePoint(Number(code))) !== 2);
  expect(narrower).toEqual([]);
});
