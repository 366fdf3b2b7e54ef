import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CFlags } from './c-flags.ts';
import { droppedAlways, DROPPED_FOR_STATIC, UNKNOWN_TO_ZIG } from './dropped-words.ts';
import { compilerWrapper, forwardingWrapper, packageWrapper, refusingWrapper } from './compiler-wrapper.ts';

const FLAGS: CFlags = {
  before: ['-O2', "-DNAME='a b'"],
  after: ['-Os'],
  linkFirst: [],
  link: ['-static', '-Wl,--gc-sections'],
  drop: null,
  dropWhenLinking: DROPPED_FOR_STATIC,
  linkerName: null,
  inputLanguage: null,
  sharedLibraries: 'object',
  trades: [],
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel wrapper-'));
  script('fake-cc', '#!/bin/sh\nfor word do printf "%s\\n" "$word"; done\n');
});
afterEach(() => rmSync(root, { recursive: true }));

function script(name: string, text: string): string {
  const path = join(root, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

/** The argv that the real shell hands to the compiler. */
function argvOf(args: readonly string[], over: Partial<CFlags> = {}): readonly string[] {
  const wrapper = script(
    'cc',
    compilerWrapper(
      [join(root, 'fake-cc'), 'cc'],
      { ...FLAGS, ...over },
      { leftOut: join(root, 'left-out'), record: null },
    ),
  );
  const result = spawnSync(wrapper, args, { encoding: 'utf8', cwd: root });
  expect(result.stderr).toBe('');
  return result.stdout.split('\n').slice(0, -1);
}

describe('compilerWrapper', () => {
  it("puts our defaults before and our demands after the project's flags", () => {
    expect(argvOf(['-O3', 'a.c', '-o', 'a'])).toEqual([
      'cc', '-O2', "-DNAME='a b'", '-O3', 'a.c', '-o', 'a', '-Os', '-static', '-Wl,--gc-sections',
    ]); // prettier-ignore
  });

  it.each([
    [['-c', 'a.c']],
    [['-E', 'a.c']],
    [['-MM', 'a.c']],
    [['--version']],
    [['-print-file-name=libc.a']],
  ])('adds no link flags to %j', (args) => {
    expect(argvOf(args)).toEqual(['cc', '-O2', "-DNAME='a b'", ...args, '-Os']);
  });

  it('takes away what contradicts the rung, and keeps every other word whole', () => {
    const odd = ['-DX="a b"', '', '*', '$HOME', '-Wl,-rpath,/x y', '\\n'];
    expect(argvOf(['-pie', ...odd, '-rdynamic'])).toEqual([
      'cc',
      '-O2',
      "-DNAME='a b'",
      ...odd,
      '-Os',
      '-static',
      '-Wl,--gc-sections',
    ]);
  });

  it('takes away nothing when it compiles only', () => {
    expect(argvOf(['-c', '-pie'])).toContain('-pie');
  });

  it('makes one object of a shared library in a static rung, and the library itself elsewhere', () => {
    const args = ['-fPIC', '-shared', '-Wl,-soname,libx.so.1', '-o', 'libx.so.1', 'a.o', 'b.a', '-lm'];
    expect(argvOf(args)).toEqual([
      'cc', '-O2', "-DNAME='a b'", '-fPIC', '-o', 'libx.so.1', 'a.o', 'b.a', '-lm', '-Os', '-static', '-nostdlib', '-r',
    ]); // prettier-ignore
    expect(argvOf(args, { sharedLibraries: 'shared', dropWhenLinking: null })).toEqual([
      'cc',
      '-O2',
      "-DNAME='a b'",
      ...args,
      '-Os',
    ]);
  });

  it('gives zig such a library under a name that it takes for an object', () => {
    script('libx.so.1', 'bytes');
    const argv = argvOf(['main.o', 'libx.so.1', 'absent.so', '-o', 'app'], {
      sharedLibraries: 'renamed-object',
    });
    expect(argv.slice(3, 6)).toEqual(['main.o', expect.stringMatching(/^libx\.so\.1\.\d+\.o$/), 'absent.so']);
  });

  it.each([
    ['-Wl,-E', ''],
    ['-Wl,--export-dynamic', ''],
    ['-Wl,-z,relro,--pie', '-Wl,-z,relro'],
    ['-Wl,-z,now,-E', '-Wl,-z,now'],
    ['-Wl,-Bstatic,-lz,-Bdynamic', '-Wl,-Bstatic,-lz'],
    ['-Wl,-E,-Map,x.map,--dynamic-list,y', '-Wl,-Map,x.map'],
    ['-Wl,--dynamic-list=x', ''],
    ['-Wl,-rpath,/a b,-Edge', '-Wl,-rpath,/a b,-Edge'],
    ['-Wl,*,$HOME', '-Wl,*,$HOME'],
    ['-Wl,', '-Wl,'],
  ])('of %s leaves %s in a static link, and says what is gone', (word, left) => {
    const own = argvOf([word, 'a.o']).slice(3, -3);
    expect(own).toEqual(left === '' ? ['a.o'] : [left, 'a.o']);
    expect(existsSync(join(root, 'left-out'))).toBe(word !== left);
  });

  it.each([
    '-I/usr/include',
    '-I/usr/include/x86_64-linux-gnu',
    '-L/usr/lib',
    '-L/lib64/',
    '-L/usr/lib/x86_64-linux-gnu',
  ])("keeps the machine's own %s from a compiler for musl, and from no other", (word) => {
    for (const step of [['-c'], []]) {
      const forMusl = argvOf([...step, word, 'a.c'], {
        drop: droppedAlways({ family: 'gcc', libc: 'musl' }),
      });
      expect(forMusl).not.toContain(word);
      expect(forMusl).toContain('a.c');
      const forZig = argvOf([...step, word, '-fgcse', 'a.c'], {
        drop: droppedAlways({ family: 'zig', libc: 'musl' }),
      });
      expect(forZig.filter((one) => [word, '-fgcse'].includes(one))).toEqual([]);
      expect(
        argvOf([...step, word, 'a.c'], { drop: droppedAlways({ family: 'gcc', libc: 'glibc' }) }),
      ).toContain(word);
    }
    const own = word.startsWith('-I') ? '-I/usr/include/libxml2' : '-L/usr/lib/own';
    expect(argvOf([own, 'a.c'], { drop: droppedAlways({ family: 'gcc', libc: 'musl' }) })).toContain(own);
  });

  it.each([
    [
      ['-E', '-'],
      ['-x', 'c', '-E', '-'],
    ],
    [
      ['-E', '-o', '-', 'a.S'],
      ['-E', '-o', '-', 'a.S'],
    ],
    [
      ['-xc++', '-E', '-'],
      ['-xc++', '-E', '-'],
    ],
    [
      ['-E', '-', '-x', 'c'],
      ['-E', '-', '-x', 'c'],
    ],
  ])('names the language of stdin in %j where it must be', (args, given) => {
    expect(argvOf(args, { inputLanguage: 'c' }).slice(3, -1)).toEqual(given);
    expect(argvOf(args).slice(3, -1)).toEqual(args);
  });

  it.each(['-Wl,-E,--export-dynamic', '-rdynamic', '-pie'])('keeps %s where nothing is dropped', (word) => {
    expect(argvOf([word], { dropWhenLinking: null, sharedLibraries: 'shared' })).toContain(word);
  });

  it.each([
    ['-ftree-loop-vectorize', null],
    ['-fgcse-after-reload', null],
    ['-fno-ipa-sra', null],
    ['-Wl,-z,pack-relative-relocs,-z,now', '-Wl,-z,now'],
    ['-Wl,-Map,x.map', null],
    ['-Wl,--warn-common,-O1', '-Wl,-O1'],
    ['-ftree-vectorize', '-ftree-vectorize'],
    ['-fno-tree-vectorize', '-fno-tree-vectorize'],
    ['-funroll-loops', '-funroll-loops'],
    ['-Wl,-z,relro', '-Wl,-z,relro'],
  ])('of %s leaves %s for zig, when it compiles and when it links', (word, left) => {
    for (const step of [['-c'], []]) {
      const argv = argvOf([...step, word, 'a.c'], { drop: UNKNOWN_TO_ZIG });
      expect(argv.filter((one) => one.startsWith('-f') || one.startsWith('-Wl,-'))).toEqual([
        ...(left === null ? [] : [left]),
        ...(step.length === 0 ? ['-Wl,--gc-sections'] : []),
      ]);
    }
    expect(existsSync(join(root, 'left-out'))).toBe(word !== left);
  });

  it('names the linker where the compiler cannot', () => {
    expect(argvOf(['-Wl,--version'], { linkerName: 'LLD 20.1.0 (x)' })).toEqual(['LLD 20.1.0 (x)']);
  });

  it('works where nothing can be noted', () => {
    rmSync(join(root, 'left-out'), { force: true });
    mkdirSync(join(root, 'left-out'));
    expect(argvOf(['-rdynamic', 'a.o'])).not.toContain('-rdynamic');
  });

  it('can refuse and forward', () => {
    const refused = spawnSync(script('c++', refusingWrapper("it's not here")), { encoding: 'utf8' });
    expect(refused).toMatchObject({ status: 1, stderr: "error: it's not here\n" });
    const forwarded = spawnSync(
      script('ar', forwardingWrapper([join(root, 'fake-cc'), 'ar'])),
      ['rcs', 'a b.a'],
      { encoding: 'utf8' },
    );
    expect(forwarded.stdout).toBe('ar\nrcs\na b.a\n');
  });
});

describe('what is asked for in vain', () => {
  const lacked = (): readonly string[] => readFileSync(join(root, 'lacked'), 'utf8').split('\n').slice(0, -1);

  it('is noted by pkg-config, whose answer stays its own', () => {
    const tool = script(
      'real',
      '#!/bin/sh\ncase "$*" in *here*) echo -lhere ;; *) echo no >&2; exit 3 ;; esac\n',
    );
    const wrapper = script('pkg-config', packageWrapper([tool], join(root, 'lacked')));
    const ask = (...words: readonly string[]) => spawnSync(wrapper, words, { encoding: 'utf8' });
    expect(ask('--libs', 'here')).toMatchObject({ status: 0, stdout: '-lhere\n', stderr: '' });
    expect(ask('--exists', 'zlib >= 1.2', 'x;$(id)')).toMatchObject({
      status: 3,
      stdout: '',
      stderr: 'no\n',
    });
    expect(lacked()).toEqual(['package zlib >= 1.2', 'package x;$(id)']);
  });

  it('is noted by a compiler that fails, which says nothing of where it cannot write', () => {
    const failing = script('fails', '#!/bin/sh\nexit 7\n');
    const files = (folder: string) => ({
      leftOut: join(folder, 'left-out'),
      record: {
        path: join(folder, 'call'),
        lacked: join(folder, 'lacked'),
        asksForHeaders: false,
        language: 'c' as const,
      },
    });
    const compile = (folder: string) =>
      spawnSync(script('cc', compilerWrapper([failing], FLAGS, files(folder))), ['a.c', '-lz', '-l', '-L.'], {
        encoding: 'utf8',
      });
    expect(compile(root)).toMatchObject({ status: 7, stderr: '' });
    expect(lacked()).toEqual(['library z']);
    expect(compile(join(root, 'nowhere'))).toMatchObject({ status: 7, stderr: '' });
  });

  it('is noted of headers, but of those that the project has itself; what is read is handed on', () => {
    const echoing = script('echoes', '#!/bin/sh\ncase $* in *" -"*) cat ;; esac\nexit ${FAILS:-1}\n');
    const record = { path: join(root, 'call'), lacked: join(root, 'lacked'), asksForHeaders: true };
    const files = { leftOut: join(root, 'left-out'), record: { ...record, language: 'c' as const } };
    const wrapper = script('cc', compilerWrapper([echoing], FLAGS, files));
    mkdirSync(join(root, 'own'));
    writeFileSync(join(root, 'own/mine.h'), '');
    const asked = '#include <zlib.h>\n # include "mine.h"\n#include <$(id)>\n#include MACRO\n';
    const ask = (args: readonly string[], FAILS: string) =>
      spawnSync(wrapper, args, { input: asked, encoding: 'utf8', cwd: root, env: { ...process.env, FAILS } });
    expect(ask(['-E', '-'], '0')).toMatchObject({ status: 0, stdout: asked, stderr: '' });
    expect(existsSync(record.lacked)).toBe(false);
    for (const own of [['-Iown'], ['-I', 'own']])
      expect(ask(['-E', ...own, '-include', 'png.h', '-'], '3')).toMatchObject({ status: 3, stdout: asked });
    expect(lacked()).toEqual(['header png.h', 'header zlib.h', 'header png.h', 'header zlib.h']);
    // The output goes there, and nothing is read.
    expect(ask(['-E', '-o', '-', 'a.c'], '3')).toMatchObject({ status: 3 });
    expect(lacked()).toHaveLength(4);
  });
});
