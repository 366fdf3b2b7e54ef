import { describe, expect, it } from 'vitest';
import { displayWidth } from './display-width.ts';
import { firm, text } from './text.ts';
import { wrapLines } from './wrap.ts';

const WIDTHS = [40, 60, 80, 200];

describe('wrapLines', () => {
  it('breaks a sentence at blanks, and hangs what follows at an odd column', () => {
    expect(
      wrapLines('  hint: see whether the project builds here without morsel, with the same tools', 60),
    ).toBe('  hint: see whether the project builds here without morsel,\n     with the same tools');
  });

  it('keeps columns, and puts a last one that has no room below', () => {
    const row = `    /etc/ssl/certs/ca-certificates.crt   220 kB  ca-certificates: links it, and it is of the machine`;
    expect(wrapLines(row, 90)).toBe(
      `    /etc/ssl/certs/ca-certificates.crt   220 kB  ca-certificates: links it, and it is of\n${' '.repeat(49)}the machine`,
    );
    expect(wrapLines(row, 70)).toBe(
      '    /etc/ssl/certs/ca-certificates.crt   220 kB\n         ca-certificates: links it, and it is of the machine',
    );
    expect(wrapLines('  passed  starts: starts, and ends with exit code 0, as on this machine', 50)).toBe(
      '  passed  starts: starts, and ends with exit code\n          0, as on this machine',
    );
  });

  it('folds a table whose columns are too many at the same column of each row', () => {
    const rows = [
      'scratch  static-musl  musl  static   17,728 B  yes',
      'scratch  closure      glibc dynamic  2.18 MB   no',
    ];
    expect(
      wrapLines(rows.join('\n'), 40)
        .split('\n')
        .map((line) => line.search(/17,728|2\.18/)),
    ).toContain(5);
  });

  it.each([
    'run `morsel build /usr/bin/jq --check "-n 1+1" --require-proof=equal` once',
    'on Debian: apt-get install musl-tools libunwind-19-dev; or anywhere: pip install ziglang',
    'if the image is to have it: --add /etc/mime.types:/etc/mime.types',
    'if the program is right without it, say so: CGO_ENABLED=0 morsel build',
    "give it a job that it can do: --check 'some arguments of the program'",
    'load it: docker load -i /out/app.tar && docker run --rm -p 8080:8080 team/app:1',
    'see https://reproducible-builds.org/docs/source-date-epoch/ and /usr/share/doc/musl-tools/README.Debian',
    'see what is said: morsel ldd --tree --root /srv/rootfs /usr/bin/app, then try again',
  ])('leaves what is to be copied in one piece: %s', (hint) => {
    const copied = COPIED.filter((one) => hint.includes(one));
    expect(copied.length).toBeGreaterThan(0);
    for (let columns = 40; columns <= 200; columns += 7) {
      const lines = wrapLines(`  hint: ${hint}`, columns).split('\n');
      for (const one of copied) expect(lines.some((line) => line.includes(one))).toBe(true);
      expect(lines.map((line) => line.trim()).join(' ')).toBe(`hint: ${hint}`);
    }
  });

  it('breaks nothing of what is firm', () => {
    const line = text`  try this: ${firm('some words that belong together, whatever they are')} and not these, which are many`;
    expect(line.wrapped(50)).toContain('\n     some words that belong together, whatever they are\n');
    expect(line.shown).not.toMatch(/[\u0001]/);
    expect(line.wrapped(null)).toBe(line.shown);
  });

  it('leaves quotations of compilers as they are', () => {
    const quoted = `  | ${'x '.repeat(80)}`;
    expect(wrapLines(quoted, 60)).toBe(quoted);
    expect(wrapLines(`\u001B[2m${quoted}\u001B[0m`, 60)).toBe(`\u001B[2m${quoted}\u001B[0m`);
  });

  it.each(WIDTHS)('makes no line wider than %i columns of words that fit, nor loses one', (columns) => {
    const words = [
      'short',
      '\u6F22\u5B57',
      'o\u0301',
      '\u001B[31mred\u001B[0m',
      'x'.repeat(30),
      'a',
      'longer-one',
    ];
    for (let seed = 1; seed < 300; seed++) {
      const line = Array.from(
        { length: 40 },
        (_, index) => words[(seed * (index + 3) * 7919) % words.length],
      ).join(' ');
      const lines = wrapLines(line, columns).split('\n');
      expect(lines.filter((one) => displayWidth(one) > columns)).toEqual([]);
      expect(lines.map((one) => one.trim()).join(' ')).toBe(line);
    }
  });

  it('lets the words of others make no line that begins as one of morsel', () => {
    for (let pad = 0; pad < 80; pad++) {
      const forged = `error: ${'x'.repeat(pad)} ${'passed  starts: all good hint: run this '.repeat(5)}`;
      const [, ...hanging] = wrapLines(forged, 60).split('\n');
      expect(hanging.filter((line) => /^(?: {2}){0,3}\S/.test(line))).toEqual([]);
    }
  });

  it('takes a line of a megabyte', () => {
    expect(wrapLines('word '.repeat(200_000), 80).split('\n').length).toBeGreaterThan(10_000);
    expect(wrapLines('x'.repeat(1_000_000), 80)).toHaveLength(1_000_000);
  });
});

const COPIED = [
  '`morsel build /usr/bin/jq --check "-n 1+1" --require-proof=equal`',
  'apt-get install musl-tools libunwind-19-dev',
  'pip install ziglang',
  '--add /etc/mime.types:/etc/mime.types',
  'CGO_ENABLED=0 morsel build',
  "--check 'some arguments of the program'",
  'docker load -i /out/app.tar && docker run --rm -p 8080:8080 team/app:1',
  'https://reproducible-builds.org/docs/source-date-epoch/',
  '/usr/share/doc/musl-tools/README.Debian',
  'morsel ldd --tree --root /srv/rootfs /usr/bin/app',
];
