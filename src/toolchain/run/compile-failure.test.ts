import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CommandResult } from '../../core/run-command.ts';
import { compileFailure, SHOWN_OUTPUT_LINES } from './compile-failure.ts';
import { MAX_LINE_CHARACTERS, SEARCHED_CHARACTERS } from '../find/tool-output.ts';

const COMMAND = { program: '/usr/bin/make', args: [], purpose: 'make app with musl-gcc' };

function failure(stderr: string, over: Partial<CommandResult> = {}): ReturnType<typeof compileFailure> {
  const result: CommandResult = {
    exitCode: 2,
    signal: null,
    stdout: '',
    stderr,
    timedOut: false,
    droppedBytes: 0,
    elapsedMs: 1,
    ...over,
  };
  return compileFailure({ command: COMMAND, line: 'make', result, workDirectory: '/cache/work' });
}

describe('compileFailure', () => {
  it('is told by what the linker lacks, and by no crate that is called an error (sniffglue)', () => {
    const said = [
      '   Compiling quick-error v1.2.3',
      'error: linking with `cc` failed: exit status: 1',
      '  = note: rust-lld: error: unable to find library -lown-absent',
    ];
    const { message, hint } = failure(said.join('\n'));
    expect(message).toBe(
      'make app with musl-gcc failed with exit code 2: rust-lld: error: unable to find library -lown-absent',
    );
    expect(hint).toMatch(/libown-absent\.a/);
    expect(failure(said.slice(0, 2).join('\n')).message).toMatch(/: error: linking with `cc` failed/);
  });

  it('offers no package that is there and has no static library', () => {
    expect(failure('/usr/bin/ld: cannot find -lown-absent: No such file').hint).not.toMatch(/closure$/);
    const shared = ['systemd', 'udev', 'gcc_s', 'cap-ng'].find(
      (name) =>
        existsSync(`/usr/lib/x86_64-linux-gnu/lib${name}.so`) &&
        !existsSync(`/usr/lib/x86_64-linux-gnu/lib${name}.a`),
    );
    if (shared === undefined) return;
    expect(failure(`/usr/bin/ld: cannot find -l${shared}: No such file`).hint).toMatch(
      /shared library alone.*--rung closure$/,
    );
  });

  it.each<[string, RegExp, boolean]>([
    [
      'x.c:1:10: fatal error: own/absent.h: No such file or directory',
      /header own\/absent\.h is not there for this C library/,
      false,
    ],
    ["x.c:1:10: fatal error: 'mosquitto.h' file not found", /apt-get install libmosquitto-dev$/, false],
    [
      'x.c:1:10: fatal error: mbedtls/ssl.h: No such file or directory',
      /is in Debian's package libmbedtls-dev: apt-get/,
      false,
    ],
    ['/usr/bin/ld: cannot find -lown-absent: No such file', /libown-absent\.a/, false],
    ["error: unable to find dynamic system library 'z' using strategy", /apt-get install zlib1g-dev/, false],
    [
      "main.c:(.text+0x5): undefined reference to `error_at_line'",
      /error_at_line is defined by no library/,
      false,
    ],
    ['ld.lld: error: undefined symbol: backtrace', /backtrace is defined by no library/, false],
    ['/bin/sh: 1: bison: not found', /wants the program bison/, true],
    ["utf8.h:30:1: error: unknown type name '__BEGIN_DECLS'", /only glibc's headers have/, false],
    [
      'configure: error: libevent is required.  You can get it from https://www.monkey.org/~provos/libevent/',
      /^libevent (?:is in|of) Debian's package libevent-dev\b/,
      false,
    ],
    [
      "Package 'libpcre', required by 'virtual:world', not found",
      /^libpcre (?:is in|of) Debian's package libpcre3-dev\b/,
      false,
    ],
    ["No package 'own-absent' found", /install the -dev package that brings own-absent\.pc$/, false],
    [
      'p/meson.build:3:0: ERROR: Dependency "json-c" not found, tried pkgconfig and cmake',
      /^json-c (?:is in|of) Debian's package libjson-c-dev\b/,
      false,
    ],
    [
      'Run-time dependency libnvme found: NO (tried pkgconfig and cmake)\nLooking for a fallback subproject for the dependency libnvme\n\np/meson.build:47:0: ERROR: Automatic wrap-based subproject downloading is disabled',
      /^libnvme (?:is in|of) Debian's package libnvme-dev\b/,
      false,
    ],
    [
      'CMake Error at FindPackageHandleStandardArgs.cmake:230 (message):\n  Could NOT find OpenSSL, try to set the path',
      /^OpenSSL (?:is in|of) Debian's package libssl-dev\b/,
      false,
    ],
    [
      'configure: error: set the form of the menu',
      /see whether the project builds here without morsel/,
      false,
    ],
    [
      "fatal: unable to access 'https://h/x.git/': Could not resolve host: h",
      /put it beside the sources/,
      true,
    ],
    [
      'x.go:1:2: cannot find module providing package a/b: import lookup disabled by -mod=vendor',
      /`go mod vendor`/,
      true,
    ],
    ['something odd', /see whether the project builds here without morsel/, false],
  ])('%s', (output, hint, hopeless) => {
    const error = failure(output);
    expect(error.code).toBe('COMPILE_FAILED');
    expect(error.hint).toMatch(hint);
    expect(error.details?.['hopeless']).toBe(hopeless);
  });

  it('shows the first error in the message, and the end of the output in the details', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    const error = failure(['a.c:3:1: error: expected identifier', ...lines].join('\n'));
    expect(error.message).toBe(
      'make app with musl-gcc failed with exit code 2: a.c:3:1: error: expected identifier',
    );
    const shown = String(error.details?.['output']).split('\n');
    expect(shown).toHaveLength(SHOWN_OUTPUT_LINES);
    expect(shown.at(-1)).toBe('line 99');
  });

  it.each([
    'cc1: error: write: No space left on device',
    'go: writing stat cache: write /x: disk quota exceeded',
    'error: unable to write object: NoSpaceLeft',
    'error: failed to write: File too large (os error 28)',
  ])('calls a full disk by its name: %s', (output) => {
    const error = failure(output);
    expect(error.code).toBe('DISK_FULL');
    expect(error.hint).toMatch(/free some space for \/cache\/work, or set XDG_CACHE_HOME/);
  });

  it('shows the start of a line that is too long, and says how much more there is', () => {
    const error = failure(`${'x'.repeat(5_000_000)}\nend`);
    const [long, end] = String(error.details?.['output']).split('\n');
    expect(long).toBe(
      `${'x'.repeat(MAX_LINE_CHARACTERS)} … (${SEARCHED_CHARACTERS - 4 - MAX_LINE_CHARACTERS} characters more)`,
    );
    expect(end).toBe('end');
    expect(error.message).toBe('make app with musl-gcc failed with exit code 2: end');
  });

  it('tells a signal from an exit code', () => {
    expect(failure('', { exitCode: null, signal: 'SIGKILL' }).message).toMatch(/was ended by SIGKILL/);
  });
});
