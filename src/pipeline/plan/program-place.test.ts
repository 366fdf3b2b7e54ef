import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ElfFacts } from '../../elf/index.ts';
import { directoryTree } from '../../rootfs/index.ts';
import type { Program } from '../candidates/candidate.ts';
import { placeProgram, programPath } from './program-place.ts';

describe('placeProgram', () => {
  let root = '';
  beforeAll(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'program-place-')));
    const files = [
      'usr/bin/bash',
      'usr/bin/xz',
      'usr/lib/pg/15/bin/initdb',
      'home/u/app',
      'home/u/asks',
      'opt/x/app',
    ];
    for (const name of files) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), name === 'home/u/asks' ? 'readlink /proc/self/exe' : '');
    }
    mkdirSync(join(root, 'etc/alternatives'), { recursive: true });
    symlinkSync('usr/bin', join(root, 'bin'));
    symlinkSync('xz', join(root, 'usr/bin/unxz'));
    symlinkSync('/etc/alternatives/shell', join(root, 'usr/bin/shell'));
    symlinkSync('/usr/bin/bash', join(root, 'etc/alternatives/shell'));
    symlinkSync('../../usr/bin/xz', join(root, 'home/u/xzcat'));
    symlinkSync('../../usr/bin/xz', join(root, 'home/u/xz'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const DYNAMIC: Partial<ElfFacts> = {
    interpreter: '/lib/ld.so',
    rpath: null,
    runpath: null,
    languages: [],
    go: null,
  };
  const place = (
    path: string,
    facts: Partial<ElfFacts> = {},
    toolchain: string | null = null,
    asked: string | null = null,
  ) => {
    const program = { path, linkedPath: path, toolchain, facts: { ...DYNAMIC, ...facts } } as Program;
    const { path: at, started } = placeProgram(program, asked, directoryTree(root));
    return started === at ? at : `${started} -> ${at}`;
  };

  it.each([
    ['/usr/bin/bash', '/usr/bin/bash'],
    ['/bin/bash', '/usr/bin/bash'],
    ['/usr/lib/pg/15/bin/initdb', '/usr/lib/pg/15/bin/initdb'],
    ['/opt/x/app', '/opt/x/app'],
    // What a program does may depend on the name by which it is started.
    ['/bin/unxz', '/usr/bin/unxz -> /usr/bin/xz'],
    ['/usr/bin/shell', '/usr/bin/shell -> /usr/bin/bash'],
    ['/home/u/xzcat', '/xzcat -> /usr/bin/xz'],
    ['/home/u/xz', '/usr/bin/xz'],
    // Nobody's folder.
    ['/home/u/app', '/app'],
    ['/home/u/asks', '/home/u/asks'],
  ])('%s goes to %s', (path, expected) => {
    expect(place(path)).toBe(expected);
  });

  it('keeps what asks where it is, as far as the bytes tell', () => {
    expect(place('/home/u/app', { runpath: '/x:${ORIGIN}/lib' })).toBe('/home/u/app');
    expect(place('/home/u/app', { rpath: '$ORIGIN' })).toBe('/home/u/app');
    // Each program of Rust has the words.
    expect(place('/home/u/asks', { languages: ['rust'] })).toBe('/asks');
  });

  it('puts static programs and what is compiled here into the root', () => {
    expect(place('/usr/bin/bash', { interpreter: null })).toBe('/bash');
    expect(place('/opt/x/app', {}, 'gcc 12')).toBe('/app');
  });

  it('does as it is asked', () => {
    expect(place('/bin/unxz', {}, null, '/srv/unxz')).toBe('/srv/unxz');
    expect(place('/opt/x/app', {}, 'gcc 12', '/opt/x/app')).toBe('/opt/x/app');
  });
});

describe('programPath', () => {
  it('is the root, but not where a directory must be', () => {
    expect(programPath('/usr/bin/jq')).toBe('/jq');
    expect(programPath('/build/a b')).toBe('/a b');
    // /lib as a file leaves no place for the program's own libraries; /proc none for the runtime's mount.
    expect(programPath('/build/lib')).toBe('/app/lib');
    expect(programPath('/build/proc')).toBe('/app/proc');
  });
});
