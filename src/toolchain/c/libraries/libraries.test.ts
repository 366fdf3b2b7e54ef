import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CProject } from '../../../project/project.ts';
import { findTools } from '../../find/find-tools.ts';
import { completeCProject } from '../complete-c-project.ts';
import { planC } from '../plan-c.ts';
import { findLibraries } from './find-libraries.ts';
import { KNOWN_LIBRARIES, libraryOfHeader, libraryOfName } from './known-libraries.ts';
import { moduleOfHeader } from './module-database.ts';
import { scanIncludes } from './scan-includes.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-libraries-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

describe('scanIncludes', () => {
  it('names headers of sources and of their own headers, each once', () => {
    const main = write(
      'main.c',
      '#include <zlib.h>\n  # include "own.h"\n#include "sqlite3.h"\nint x; // #include <no.h>\n',
    );
    write('own.h', '#include <zlib.h>\n#include <curl/curl.h>\n#include "sub/more.h"\n#include "own.h"\n');
    write('sub/more.h', '#\tinclude\t<bzlib.h>\n#include "../own.h"\n#include MACRO\n');
    expect(scanIncludes([main], root).headers).toEqual(['zlib.h', 'sqlite3.h', 'curl/curl.h', 'bzlib.h']);
  });

  it('knows which headers the sources can do without', () => {
    const main = write(
      'main.c',
      '#if __has_include(<zlib.h>)\n#include <zlib.h>\n#endif\n#if defined(X) && __has_include ("own.h")\n#endif\n#include <bzlib.h>\n',
    );
    expect([...scanIncludes([main], root).tried]).toEqual(['zlib.h', 'own.h']);
  });

  it('reads nothing outside of the folder, and nothing that is no file', () => {
    const main = write(
      'p/main.c',
      '#include "../out.h"\n#include "zero.h"\n#include "fifo.h"\n#include "loop.h"\n',
    );
    write('out.h', '#include <secret.h>\n');
    symlinkSync('/dev/zero', join(root, 'p/zero.h'));
    symlinkSync('loop.h', join(root, 'p/loop.h'));
    spawnSync('mkfifo', [join(root, 'p/fifo.h')]);
    expect(scanIncludes([main], join(root, 'p')).headers).toEqual(['../out.h', 'zero.h', 'fifo.h', 'loop.h']);
  });

  it('takes a line of a megabyte in its stride', () => {
    const main = write(
      'main.c',
      `${' '.repeat(1_000_000)}#include <a.h>\n#include <${'b'.repeat(1_000_000)}\n#include <z.h>\n`,
    );
    expect(scanIncludes([main], root).headers).toEqual(['z.h']);
  });
});

describe('known libraries', () => {
  it.each([
    ['zlib.h', 'zlib1g-dev'],
    ['openssl/evp.h', 'libssl-dev'],
    ['libxml/parser.h', 'libxml2-dev'],
    ['pcre2.h', 'libpcre2-dev'],
    ['event2/event.h', 'libevent-dev'],
  ])('%s is in %s', (header, debian) => {
    expect(libraryOfHeader(header)?.debian).toBe(debian);
  });

  it('has no header twice, and none of the standard', () => {
    const headers = KNOWN_LIBRARIES.flatMap((library) => library.headers);
    expect(new Set(headers).size).toBe(headers.length);
    for (const header of ['stdio.h', 'math.h', 'sys/stat.h', 'vector', 'xzlib.h', 'openssl'])
      expect(libraryOfHeader(header)).toBeNull();
    expect(libraryOfName('ssl')?.debian).toBe('libssl-dev');
  });
});

describe('moduleOfHeader', () => {
  it('finds a module by the folder that it adds, or by its name', () => {
    const include = join(root, 'include');
    write('include/odd-1/odd/api.h', '');
    write('include/plain.h', '');
    write(
      'pc/strange.pc',
      `prefix=${root}\nincludedir=\${prefix}/include\nCflags: -I\${includedir}/odd-1 -DX\n`,
    );
    write('pc/libplain.pc', `Cflags: -I${include}\n`);
    write('pc/self.pc', 'x=${x}${x}\nCflags: -I${x}\n');
    const find = (header: string): string | null =>
      moduleOfHeader(header, [join(root, 'pc'), '/nowhere'], [include]);
    expect(find('odd/api.h')).toBe('strange');
    expect(find('plain.h')).toBe('libplain');
    expect(find('absent.h')).toBeNull();
  });
});

describe('libraries of a single file', () => {
  /** A library as a package installs one: header in a folder of its own, archive, shared object, `.pc`. */
  function install(): Readonly<Record<string, string | undefined>> {
    write('include/greet-2/greet/greet.h', 'int greet(void);\n');
    const source = write('greet.c', 'int greet(void) { return 42; }\n');
    mkdirSync(join(root, 'lib'));
    const cc = (...args: string[]): void =>
      expect(spawnSync('gcc', args, { encoding: 'utf8' }).stderr).toBe('');
    cc('-shared', '-fPIC', '-o', join(root, 'lib/libgreet.so'), source);
    cc('-c', '-o', join(root, 'greet.o'), source);
    spawnSync('ar', ['rcs', join(root, 'lib/libgreet.a'), join(root, 'greet.o')]);
    const pc = [
      `Cflags: -I${root}/include/greet-2`,
      `Libs: -L${root}/lib -lgreet`,
      'Libs.private: -lm -labsent -Wl,-z,now `id`',
    ];
    write('pc/greeting.pc', ['Name: greeting', 'Description: x', 'Version: 2', ...pc, ''].join('\n'));
    return { ...process.env, PKG_CONFIG_PATH: join(root, 'pc') };
  }

  it('are linked by what pkg-config says: as a closure, and as static ones that are here', async () => {
    const env = install();
    const source = write(
      'p/main.c',
      '#include <stdio.h>\n#include <greet/greet.h>\nint main(void) { return greet() - 42; }\n',
    );
    const tools = await findTools({ groups: ['c'] });
    const project: CProject = {
      kind: 'c',
      name: 'main',
      version: null,
      license: null,
      directory: join(root, 'p'),
      language: 'c',
      buildSystem: 'single',
      source,
      configure: null,
      choosesOptimisation: false,
      binary: null,
      otherPrograms: [],
      preferred: [],
    };
    const completed = await completeCProject(project, tools, { env, architecture: 'amd64' });
    expect(completed.libraries).toEqual([
      {
        header: 'greet/greet.h',
        name: 'greeting',
        cflags: [`-I${root}/include/greet-2`],
        link: [`-L${root}/lib`, '-lgreet'],
        staticLink: [`-L${root}/lib`, '-lgreet', '-lm', '-Wl,-z,now'],
        isTried: false,
      },
    ]);
    for (const rung of ['closure', 'static-glibc'] as const) {
      const work = join(root, rung);
      mkdirSync(join(work, 'build'), { recursive: true });
      const outcome = planC(completed, rung, tools, {
        profile: 'default',
        experimental: false,
        workDirectory: work,
        platform: { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' },
      });
      if (outcome.kind === 'unavailable') throw new Error(outcome.reason);
      expect(outcome.plan.notes).toEqual([
        'the source includes <greet/greet.h>: greeting is linked where it is used',
      ]);
      const [compile] = outcome.plan.commands;
      const made = spawnSync(compile?.program ?? '', compile?.args ?? [], {
        cwd: compile?.cwd,
        encoding: 'utf8',
      });
      expect(made.stderr).toBe('');
      const run = spawnSync(join(work, 'build/main'), { env: { LD_LIBRARY_PATH: join(root, 'lib') } });
      expect(run.status).toBe(0);
    }
  });

  it('are none for headers of the standard, and for ones that are not here', async () => {
    const tools = await findTools({ groups: ['c'] });
    const headers = ['stdio.h', 'sys/stat.h', 'vector', 'absent/of/this/machine.h', '../x.h', '--version'];
    expect(await findLibraries(headers, tools, { env: process.env, cwd: '/' })).toEqual([]);
  });
});
