import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTool, toolPath } from '../../test/reference-tools.ts';
import { findClosure } from '../loader/index.ts';
import { directoryTree } from '../rootfs/index.ts';
import { ImpliedUses } from './implied-uses.ts';
import type { UsedPath } from './used-paths.ts';

const isRoot = process.getuid?.() === 0;

/** A machine with a program, a module, and a library that only /etc/ld.so.cache leads to, which real ldconfig(8) made. */
describe.skipIf(!isRoot || !hasTool('gcc'))('what the use of a file implies', () => {
  let machine = '';
  const at = (path: string): string => join(machine, path);

  function copyFromHost(path: string): void {
    mkdirSync(dirname(at(path)), { recursive: true });
    copyFileSync(path, at(path));
  }

  beforeAll(() => {
    machine = mkdtempSync(join(tmpdir(), 'implied-uses-'));
    for (const path of ['usr/bin', 'usr/lib/odd', 'etc']) mkdirSync(at(path), { recursive: true });
    writeFileSync(at('odd.c'), 'int odd(void) { return 1; }\n');
    writeFileSync(at('main.c'), 'int odd(void);\nint main(void) { return odd() - 1; }\n');
    const gcc = (...words: readonly string[]): void => void execFileSync('gcc', words, { cwd: machine });
    gcc('-shared', '-fPIC', '-Wl,-soname,libodd.so.1', '-o', 'usr/lib/odd/libodd.so.1', 'odd.c');
    gcc('-o', 'usr/bin/main', 'main.c', 'usr/lib/odd/libodd.so.1');
    gcc(
      '-shared',
      '-fPIC',
      '-Wl,--no-as-needed',
      '-o',
      'usr/lib/module.so',
      'odd.c',
      'usr/lib/odd/libodd.so.1',
    );
    const { interpreter, libraries } = findClosure({
      tree: directoryTree('/'),
      path: toolPath('true') ?? '',
    });
    for (const { path } of [...(interpreter === null ? [] : [interpreter]), ...libraries]) copyFromHost(path);
    writeFileSync(at('etc/ld.so.conf'), '/usr/lib/odd\n');
    execFileSync(toolPath('ldconfig') ?? '', ['-r', machine]);
    writeFileSync(at('usr/bin/damaged'), readFileSync(at('usr/bin/main')).subarray(0, 100));
    writeFileSync(at('usr/bin/script'), '#! /usr/bin/main x\r\n');
  });
  afterAll(() => rmSync(machine, { recursive: true, force: true }));

  const of = (path: string, kind: UsedPath['kind'] = 'executed'): readonly UsedPath[] =>
    new ImpliedUses(directoryTree(machine)).of({ path, kind, because: null, alsoAt: null });

  it('is its loader and its libraries, with a place where the loader looks without a cache', () => {
    const implied = of('/usr/bin/main');
    const [loader] = implied;
    expect(loader).toMatchObject({ kind: 'needed', because: 'the loader of /usr/bin/main', alsoAt: null });
    const odd = implied.find(({ path }) => path === '/usr/lib/odd/libodd.so.1');
    expect(odd?.because).toBe('loaded by /usr/bin/main');
    expect(odd?.alsoAt).toMatch(/^\/(usr\/)?lib.*\/libodd\.so\.1$/);
    const libc = implied.find(({ path }) => path.endsWith('/libc.so.6'));
    expect(libc).toMatchObject({ because: 'loaded by /usr/bin/main', alsoAt: null });
  });

  it('is the libraries of a module that was only read', () => {
    expect(of('/usr/lib/module.so', 'read').map(({ path }) => path)).toContain('/usr/lib/odd/libodd.so.1');
    expect(of('/usr/lib/module.so', 'looked-at')).toEqual([]);
  });

  it('is the interpreter of a script, and nothing of what cannot be loaded', () => {
    expect(of('/usr/bin/script').map(({ path, kind }) => [path, kind])).toEqual([
      ['/usr/bin/main', 'executed'],
    ]);
    expect(of('/usr/bin/damaged')).toEqual([]);
    expect(of('/usr/bin/none')).toEqual([]);
  });
});
