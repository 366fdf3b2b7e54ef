import { describe, expect, it } from 'vitest';
import type { Command } from '../../../core/command.ts';
import type { CommandProgress } from '../../../core/events.ts';
import { readBuildLine } from './build-lines.ts';
import { watchCommand } from './watch-command.ts';

/** What a command that has printed this, in pieces of so many bytes, has told last; and what is left of it. */
function watched(
  command: Pick<Command, 'program' | 'args'>,
  stream: 'stdout' | 'stderr',
  output: string,
  pieceBytes = 7,
): { readonly last: CommandProgress | undefined; readonly left: string } {
  const told: CommandProgress[] = [];
  const { watch, reporter } = watchCommand({ ...command, purpose: 'compile x' }, (event) => {
    if (event.kind === 'command-progress') told.push(event);
  });
  const bytes = Buffer.from(output);
  const left: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes)
    left.push(watch.take(stream, bytes.subarray(at, at + pieceBytes)));
  left.push(watch.end(stream));
  reporter.end();
  return { last: told.at(-1), left: Buffer.concat(left).toString() };
}

/** Recorded of cargo 1.95 with CARGO_TERM_PROGRESS_WHEN=always, in a workspace of five packages. */
const BAR = (done: number, names: string): string =>
  `    Building [${'='.repeat(4 * done)}>${' '.repeat(28 - 4 * done)}] ${done}/7: ${names}`.padEnd(118) +
  '\r';
const WARNING = `warning: unused variable: \`unused\`
 --> app/src/main.rs:1:16
  |
1 | fn main(){ let unused = 1; println!("{}", alpha::alpha());}
  |                ^^^^^^ help: if this is intentional, prefix it with an underscore: \`_unused\`

`;
const CARGO = [
  '   Compiling delta v0.1.0 (/src/delta)\n',
  BAR(0, 'delta(build.rs)'),
  BAR(0, 'beta, delta(build.rs)'),
  '   Compiling alpha v0.1.0 (/src/alpha)\n',
  BAR(5, 'gamma'),
  '   Compiling app v0.1.0 (/src/app)\n',
  BAR(6, 'app(bin)'),
  WARNING,
  '    Finished `release` profile [optimized] target(s) in 0.83s\n',
].join('');

describe('cargo', () => {
  const cargo = { program: '/root/.cargo/bin/cargo', args: ['build'] };
  const { env } = watchCommand({ ...cargo, purpose: 'x' }, () => {});

  it('is asked for its bar, which is read, and taken out of what is kept', () => {
    expect(env['CARGO_TERM_PROGRESS_WHEN']).toBe('always');
    for (const size of [1, 7, 4096]) {
      const { last, left } = watched(cargo, 'stderr', CARGO, size);
      expect(last).toEqual({
        kind: 'command-progress',
        purpose: 'compile x',
        unit: 'crates',
        done: 6,
        total: 7,
        current: 'app',
      });
      expect(left).toBe(
        CARGO.split(/(?<=[\n\r])/)
          .filter((line) => !line.endsWith('\r'))
          .join(''),
      );
    }
  });

  it('is read with its colours as well', () => {
    const bar = '\u001B[1m\u001B[36m    Building\u001B[0m [===>     ] 12/345: s\u00e9rde_core(build), x   \r';
    const { last, left } = watched(cargo, 'stderr', bar);
    expect(last).toMatchObject({ done: 12, total: 345, current: 's\u00e9rde_core' });
    expect(left).toBe('');
  });

  it('loses nothing that is no bar', () => {
    for (const words of [
      '50%\rdone\n',
      'error: a\r\nb\r\n',
      '  | \u001B[0m\n',
      '    Building [ 1/2: no end',
      '\r\r\n',
    ]) {
      expect(watched(cargo, 'stderr', words).left).toBe(words);
    }
  });
});

describe('go build -v', () => {
  const go = { program: 'go', args: ['build', '-v', '.'] };
  const errors = '# example.com/app\n./main.go:3:2: undefined: x\nnote: module requires Go 1.30\n';

  it('names each package, which is counted and taken out; errors stay', () => {
    const { last, left } = watched(go, 'stderr', `internal/goarch\ngolang.org/x/net/http2\n${errors}fmt\n`);
    expect(last).toMatchObject({ unit: 'packages', done: 3, total: null, current: 'fmt' });
    expect(left).toBe(errors);
  });
});

describe('of what builds C', () => {
  const make = { program: 'make', args: [] };

  /** Recorded here: ninja 1.11, CMake 3.25 with make, GNU make 4.3, automake 1.16, autoconf 2.71, Meson 1.0. */
  it.each([
    ['[3/5] Building C object CMakeFiles/digest.dir/src/main.c.o', 'steps', 3, 5, 'src/main.c.o'],
    ['[12/40] Compiling C object libencoder.a.p/src_encode.c.o', 'steps', 12, 40, 'src_encode.c.o'],
    [
      '[ 40%] Building C object CMakeFiles/checksum.dir/src/adler32.c.o',
      'percent',
      40,
      100,
      'src/adler32.c.o',
    ],
    ['[100%] Built target digest', 'percent', 100, 100, 'digest'],
    [
      `gcc -std=c11 -O2 -Iinclude -DV='"1.2.0"'   -c -o src/main.o src/main.c`,
      'files',
      1,
      null,
      'src/main.c',
    ],
    ["gcc -DHAVE -O2 -c -o x-y.o `test -f 'src/y.c' || echo './'`src/y.c", 'files', 1, null, 'src/y.c'],
    ['  CC       src/main.o', 'files', 1, null, 'src/main.o'],
    ['  CXXLD    app', 'files', 1, null, 'app'],
    ['checking for gcc... gcc', 'checks', 1, null, 'gcc'],
    ['checking whether the C compiler works... yes', 'checks', 1, null, 'the C compiler works'],
    ['-- Looking for pthread.h', 'checks', 1, null, 'pthread.h'],
    ['-- Performing Test HAVE_X', 'checks', 1, null, 'HAVE_X'],
    ['Checking for function "strlcpy" : NO', 'checks', 1, null, 'function "strlcpy" '],
  ])('%s', (line, unit, done, total, current) => {
    expect(watched(make, 'stdout', `${line}\n`).last).toMatchObject({ unit, done, total, current });
    expect(watched(make, 'stdout', `${line}\n`).left).toBe(`${line}\n`);
  });

  it.each([
    '-- Looking for pthread.h - found',
    '-- Performing Test HAVE_X - Success',
    '-- The C compiler identification is GNU 12.2.0',
    'ar rcs libtally.a lib/table.o lib/summary.o',
    "make[1]: Entering directory '/src'",
    '[9/4] more than there are',
    '[0/0] ',
    '[99999999999/99999999999] x',
    '',
  ])('says nothing by %j', (line) => {
    expect(readBuildLine(line)).toBeNull();
  });

  it('is counted, whatever there is of it', () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `  CC       src/f${index}.o\n`).join('');
    expect(watched(make, 'stdout', lines, 8192).last).toMatchObject({ done: 5000, current: 'src/f4999.o' });
  });
});

describe('hostile output', () => {
  const told: CommandProgress[] = [];
  const { watch, reporter } = watchCommand({ program: 'make', args: [], purpose: 'x' }, (event) => {
    if (event.kind === 'command-progress') told.push(event);
  });

  it('is told of in a few printable characters, seldom', () => {
    const line = Buffer.from(`[1/2] \u001B[2K\u202E${'x'.repeat(190)}\n`);
    for (let count = 0; count < 20_000; count++) watch.take('stdout', line);
    reporter.end();
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(200);
    for (const { current } of told) {
      expect(current?.length).toBeLessThanOrEqual(80);
      expect(current).not.toMatch(/[\u001B\u202E]/);
    }
  });

  it('without end takes no memory, and no time', () => {
    const piece = Buffer.alloc(64 * 1024, ' -c ');
    let left = 0;
    for (let count = 0; count < 200; count++) left += watch.take('stdout', piece).length;
    expect(left + watch.end('stdout').length).toBe(200 * piece.length);
    for (const hostile of [
      '[',
      ' '.repeat(15_000),
      `checking ${'for '.repeat(4000)}`,
      `x -c ${"'".repeat(4000)}`,
    ])
      for (let count = 0; count < 100; count++) readBuildLine(hostile);
  });
});
