import { describe, expect, it } from 'vitest';
import { findFailureWords, findNewFailure, isOfLinkage, isUsage } from './failure-words.ts';

const output = (stderr: string, stdout = ''): { stdout: Buffer; stderr: Buffer } => ({
  stdout: Buffer.from(stdout),
  stderr: Buffer.from(stderr),
});

describe('words of failure', () => {
  it.each([
    'Fatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding',
    'nginx: [emerg] open() "/etc/nginx/nginx.conf" failed (2: No such file or directory)',
    'initdb: error: program "postgres" is needed by initdb but was not found in the same directory',
    'Error opening terminal: unknown.\ncannot open terminal',
    'panic: open templates/index.html: no such file or directory',
    "thread 'main' panicked at src/main.rs:2:44: called `Result::unwrap()` on an `Err` value",
    'Dynamic loading not supported',
    'libm.so.6: cannot open shared object file: No such file or directory',
    'Error: unable to create data directory',
    'Traceback (most recent call last):',
  ])('are in %s', (text) => {
    expect(findFailureWords(output(text))).not.toBeNull();
  });

  it('give the line that has them, from stderr first', () => {
    expect(findFailureWords(output('starting\n  cannot open /x \nbye', 'fatal'))).toBe('cannot open /x');
    expect(findFailureWords(output('', 'well\nfatal: no\n'))).toBe('fatal: no');
  });

  it('are not in what a tool says that wants arguments', () => {
    const usage = 'Usage: tool [options] file\nTry `tool --help` for more.\n';
    expect(findFailureWords(output(usage))).toBeNull();
    expect(isUsage(output(usage))).toBe(true);
  });

  it('are found in the last bytes of a long output', () => {
    expect(findFailureWords(output(`${'x\n'.repeat(200_000)}fatal error\n`))).toBe('fatal error');
  });
});

describe('words of failure that are new', () => {
  it('are those that no control run has, but for what is another in each run', () => {
    const control = [output('12:01 pid 77: cannot open /a'), output('', 'fatal: b')];
    expect(findNewFailure(control, output('12:02 pid 4112: cannot open /a', 'fatal: b\nwell'))).toBeNull();
    expect(findNewFailure(control, output('cannot open /c'))).toBe('cannot open /c');
    expect(findNewFailure(control, output('well', 'x\n fatal: c'))).toBe('fatal: c');
    expect(findNewFailure([], output('well'))).toBeNull();
  });

  it('are found in a line without end', () => {
    expect(findNewFailure([output('')], output(`fatal ${'a'.repeat(1_000_000)}`))).toContain('fatal a');
  });
});

describe('usage', () => {
  it.each([
    'usage: git [-v | --version] [-h | --help]',
    'cp: missing file operand\nTry ‘cp --help’ for more information.',
    'error: a subcommand is required\n\nUsage: app <COMMAND>',
    'grep: no pattern or usage: grep [OPTION]...',
    'jq - commandline JSON processor\nUsage:\tjq [OPTIONS] FILTER',
  ])('is %s', (text) => {
    expect(isUsage(output(text))).toBe(true);
  });

  it.each(['hello', 'listening on port 80', 'done: 3 files', 'config: No such file or directory'])(
    'is not %s',
    (text) => {
      expect(isUsage(output('', text))).toBe(false);
    },
  );
});

it.each([
  ['Dynamic loading not supported', true],
  ['libm.so.6: cannot open shared object file: No such file or directory', true],
  ['iconv_open: Invalid argument', true],
  ['panic: open templates/index.html: no such file or directory', false],
  ['/tmp/x: Permission denied', false],
])('tells whether another linkage could help: %s', (words, expected) => {
  expect(isOfLinkage(words)).toBe(expected);
});
