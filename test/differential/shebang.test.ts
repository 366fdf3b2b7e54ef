import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openByteSource } from '../../src/core/byte-source.ts';
import { readShebang, type Shebang, shebangProblem } from '../../src/core/shebang.ts';
import { hasTool } from '../reference-tools.ts';

/** An interpreter that prints its arguments, asked by the kernel through lines of every kind; `execve`, without a shell. */
const PRINT_ARGUMENTS = `#include <stdio.h>
#include <unistd.h>
#include <errno.h>
int main(int argc, char **argv) {
  if (argc == 3 && argv[1][0] == '-' && argv[1][1] == '-') {
    char *args[] = { argv[2], 0 }, *env[] = { 0 };
    execve(argv[2], args, env);
    printf("errno %d", errno);
    return 0;
  }
  for (int i = 0; i < argc; i++) printf("%s|", argv[i]);
  return 0;
}
`;
const ENOEXEC = 8;

describe.skipIf(!hasTool('gcc'))('a #! line, as the kernel reads it', () => {
  let folder = '';
  let printer = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'morsel-shebang-'));
    printer = join(folder, 'p');
    writeFileSync(`${printer}.c`, PRINT_ARGUMENTS);
    execFileSync('gcc', ['-static', '-o', printer, `${printer}.c`]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A path of that many bytes which leads to the printer. */
  function longPath(bytes: number): string {
    let directory = folder;
    while (directory.length + 1 + 200 < bytes) directory = join(directory, 'd'.repeat(100));
    mkdirSync(directory, { recursive: true });
    const path = join(directory, 'p'.repeat(bytes - directory.length - 1));
    rmSync(path, { force: true });
    symlinkSync(printer, path);
    return path;
  }

  function kernelOn(content: Buffer): string {
    const script = join(folder, 'script');
    rmSync(script, { force: true });
    writeFileSync(script, content);
    chmodSync(script, 0o755);
    return spawnSync(printer, ['--', script], { encoding: 'utf8' }).stdout;
  }

  function expected(shebang: Shebang | null): string {
    const script = join(folder, 'script');
    if (shebang === null) return `errno ${ENOEXEC}`;
    return [shebang.interpreter, ...(shebang.argument === null ? [] : [shebang.argument]), script, ''].join(
      '|',
    );
  }

  function readHere(content: Buffer) {
    const path = join(folder, 'read');
    writeFileSync(path, content);
    const source = openByteSource(path);
    try {
      return { shebang: readShebang(source), problem: shebangProblem(source) };
    } finally {
      source.close();
    }
  }

  const LINES: Readonly<Record<string, (path: string) => string>> = {
    alone: (path) => `#!${path}\nx\n`,
    'without an end': (path) => `#!${path}`,
    'behind blanks': (path) => `#! \t ${path}\n`,
    'with an argument': (path) => `#!${path} -a\n`,
    'with blanks in its argument': (path) => `#!${path} \t-a  b \t\n`,
    'with a long argument': (path) => `#!${path} ${'y'.repeat(300)}\n`,
    'with a NUL': (path) => `#!${path}\0z\n`,
    'with a NUL in its argument': (path) => `#!${path} a\0z\n`,
  };
  const LENGTHS = [60, 120, 248, 249, 250, 251, 252, 253, 254, 255, 256, 300];
  const cases = Object.keys(LINES).flatMap((name) => LENGTHS.map((length) => [name, length] as const));
  it.each(cases)('%s, of %i bytes', (name, length) => {
    const content = Buffer.from(LINES[name]?.(longPath(length)) ?? '');
    const { shebang, problem } = readHere(content);
    expect(kernelOn(content)).toBe(expected(shebang));
    expect(problem === null).toBe(shebang !== null);
  });

  it('of a file that ends there, for another reason', () => {
    const content = Buffer.from('#!');
    expect(readHere(content)).toEqual({ shebang: null, problem: 'no-interpreter' });
    expect(kernelOn(content)).toBe('errno 13');
  });

  it.each([
    ['\uFEFF#!PATH\n', 'byte-order-mark'],
    ['\n#!PATH\n', 'blank'],
    [' #!PATH\n', 'blank'],
    ['\r\n#! PATH\n', 'blank'],
    ['#!\n', 'no-interpreter'],
    ['#! \t\n', 'no-interpreter'],
    ['echo hi\n', null],
    ['# a comment\n', null],
  ])('%j is refused', (line, problem) => {
    const content = Buffer.from(line.replace('PATH', printer));
    expect(readHere(content)).toEqual({ shebang: null, problem });
    expect(kernelOn(content)).toBe(`errno ${ENOEXEC}`);
  });
});
