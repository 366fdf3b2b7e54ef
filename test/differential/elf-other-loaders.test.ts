import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openByteSource } from '../../src/core/byte-source.ts';
import { type ElfFacts, foreignSystem, readElf } from '../../src/elf/index.ts';
import { findClosure } from '../../src/loader/index.ts';
import { directoryTree } from '../../src/rootfs/index.ts';
import { hasTool } from '../reference-tools.ts';

/** Programs whose loader is neither glibc's nor musl's, linked here for it: what they are, and what is not guessed. */
const LIBRARY = 'int puts(const char *s) { return s == 0; }\n';
const PROGRAM = 'int puts(const char *s);\nvoid _start(void) { puts("x"); for (;;) {} }\n';

describe.skipIf(!hasTool('gcc') || process.arch !== 'x64')('a program of another loader', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'morsel-loaders-'));
    writeFileSync(join(folder, 'l.c'), LIBRARY);
    writeFileSync(join(folder, 'p.c'), PROGRAM);
    writeFileSync(join(folder, 'bionic.map'), 'LIBC { global: puts; local: *; };\n');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const gcc = (...words: readonly string[]): Buffer =>
    execFileSync('gcc', ['-nostdlib', ...words], { cwd: folder });

  function build(soname: string, interpreter: string, ...flags: readonly string[]): ElfFacts {
    gcc('-shared', '-fPIC', `-Wl,-soname,${soname}`, ...flags, '-o', soname, 'l.c');
    gcc('-pie', '-fPIE', '-o', 'program', 'p.c', `./${soname}`, `-Wl,--dynamic-linker=${interpreter}`);
    return factsOf('program');
  }

  function factsOf(name: string): ElfFacts {
    const source = openByteSource(join(folder, name));
    try {
      return readElf(source);
    } finally {
      source.close();
    }
  }

  it.each([
    ['/system/bin/linker64', 'libc.so', ['-Wl,--version-script=bionic.map'], 'bionic'],
    ['/apex/com.android.runtime/bin/linker64', 'libc.so', [], 'bionic'],
    // By the versions of its libc.so alone, which musl's has not.
    ['/opt/loader', 'libc.so', ['-Wl,--version-script=bionic.map'], 'bionic'],
    ['/lib/ld64-uClibc.so.0', 'libc.so.0', [], 'uclibc'],
    ['/lib/ld-uClibc.so.1', 'libc.so.0', [], 'uclibc'],
    ['/lib/ld-musl-x86_64.so.1', 'libc.so', [], 'musl'],
  ])('%s with %s: its C library', (interpreter, soname, flags, libc) => {
    expect(build(soname, interpreter, ...flags)).toMatchObject({ libc, link: 'dynamic' });
  });

  it('and the library of Android itself', () => {
    build('libc.so', '/system/bin/linker64', '-Wl,--version-script=bionic.map');
    expect(factsOf('libc.so')).toMatchObject({ libc: 'bionic', link: 'shared' });
  });

  it.each([
    ['/libexec/ld-elf.so.1', 'FreeBSD'],
    ['/usr/libexec/ld.so', 'OpenBSD'],
  ])('%s is of another system', (interpreter, system) => {
    expect(foreignSystem(build('libc.so.7', interpreter))).toMatchObject({ system, sure: true });
  });

  it('no library of it is found by the rules of another loader', () => {
    build('libc.so', '/system/bin/linker64', '-Wl,--version-script=bionic.map');
    // Where glibc and musl would look.
    mkdirSync(join(folder, 'lib'), { recursive: true });
    writeFileSync(join(folder, 'lib/libc.so'), 'GROUP ( libc.so.6 )\n');
    const closure = findClosure({ tree: directoryTree(folder), path: '/program' });
    expect(closure).toMatchObject({ loader: 'other', libraries: [], failures: [] });
    expect(closure.missing).toEqual([{ name: 'libc.so', neededBy: '/program' }]);
  });
});
