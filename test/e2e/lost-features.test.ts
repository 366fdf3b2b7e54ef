import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILD_LIMIT_MS, type BuiltImage, cleanEnvironment, morsel } from '../built-cli.ts';
import { requireTool } from '../reference-tools.ts';

/** Makefiles and scripts that do without a library which they do not find: each was once "proven" as a lesser program. */
let folder = '';

beforeAll(() => {
  for (const tool of ['gcc', 'musl-gcc', 'make', 'pkg-config']) requireTool(tool);
  folder = mkdtempSync(join(tmpdir(), 'features-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function build(project: string, ...flags: readonly string[]): Promise<BuiltImage> {
  const args = ['build', project, '-o', join(folder, 'image.tar'), '--format', 'json', ...flags];
  const { exitCode, stdout, stderr } = await morsel(args, {
    env: { ...cleanEnvironment(), XDG_CACHE_HOME: join(folder, 'cache') },
  });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return JSON.parse(stdout) as BuiltImage;
}

const PROGRAM =
  '#include <stdio.h>\n#ifdef HAVE_Z\n#include <zlib.h>\n#define WHAT zlibVersion()\n#else\n#define WHAT "none"\n#endif\nint main(void){ puts(WHAT); return 0; }\n';
const asks = (question: string, yes: string): string => `if ${question}; then ${yes}; else :; fi`;
const heads = (probe: string): Readonly<Record<string, string>> => ({
  Makefile: `Z := $(shell ${probe} >/dev/null 2>&1 && echo yes)\napp: app.c\n\t$(CC) $(if $(Z),-DHAVE_Z) app.c -o app $(if $(Z),-lz)\n`,
});
const PROBE = `echo 'int main(void){return 0;}' | $(CC) -x c - -lz -o /dev/null 2>/dev/null`;

describe('a build that does without a library', { timeout: BUILD_LIMIT_MS }, () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    [
      'pkg-config in a Makefile',
      {
        Makefile:
          'Z := $(shell pkg-config --exists "zlib >= 1" && echo -DHAVE_Z)\napp: app.c\n\t$(CC) $(Z) app.c -o app $(if $(Z),$(shell pkg-config --libs zlib))\n',
      },
    ],
    [
      'a link that is tried in a Makefile',
      {
        Makefile: `app: app.c\n\t${asks(PROBE, '$(CC) -DHAVE_Z app.c -o app -lz')}\n\t[ -f app ] || $(CC) app.c -o app\n`,
      },
    ],
    [
      'a header that is tried in a Makefile by a pipe',
      heads("printf '\\043include <zlib.h>\\n' | $(CC) -E -"),
    ],
    ['a header that is tried in a Makefile by -include', heads('$(CC) -E -include zlib.h -x c /dev/null')],
    [
      'a configure of their own',
      {
        configure: `#!/bin/sh\nF=\n${asks('pkg-config --exists zlib', "F='-DHAVE_Z -lz'")}\necho "F=$F" >config.mk\n`,
        Makefile: 'include config.mk\napp: app.c\n\t$(CC) app.c -o app $(F)\n',
      },
    ],
  ])('is no smaller program by %s, nor the next time, but where that is allowed', async (name, files) => {
    const project = join(folder, name.replaceAll(' ', '-'));
    mkdirSync(project);
    writeFileSync(join(project, 'app.c'), PROGRAM);
    for (const [path, text] of Object.entries(files))
      writeFileSync(join(project, path), text, { mode: path === 'configure' ? 0o755 : 0o644 });
    const allowed = await build(project, '--allow-fewer-features');
    expect(allowed.rung).toBe('static-musl');
    for (const time of ['first', 'second']) {
      const built = await build(project);
      const reasons = built.rejected.map(({ reason }) => reason).join('\n');
      expect({ time, rung: built.rung, reasons }).toMatchObject({ time, rung: 'static-glibc' });
      expect(reasons).toContain('without zlib, which the ordinary configuration of this machine finds');
    }
  });

  it('is the smallest all the same where nobody here has that library', async () => {
    const project = join(folder, 'nowhere');
    mkdirSync(project);
    writeFileSync(join(project, 'app.c'), PROGRAM);
    writeFileSync(
      join(project, 'Makefile'),
      'X := $(shell pkg-config --exists no-such-package || pkg-config --exists gtest)\napp: app.c\n\t-$(CC) app.c -o app -lno-such-library\n\t$(CC) app.c -o app\n',
    );
    expect((await build(project)).rung).toBe('static-musl');
  });

  it('is the smallest where the project has that header itself, or only its C library has it', async () => {
    const project = join(folder, 'own-header');
    mkdirSync(join(project, 'zlib'), { recursive: true });
    writeFileSync(join(project, 'app.c'), PROGRAM);
    writeFileSync(join(project, 'zlib/zlib.h'), '#error "not for this machine"\n');
    const probe = (flags: string, header: string): string =>
      `$(shell printf '\\043include <${header}>\\n' | $(CC) -E ${flags} - >/dev/null 2>&1)`;
    writeFileSync(
      join(project, 'Makefile'),
      `A := ${probe('-Izlib', 'zlib.h')}\nB := ${probe('-I zlib', 'zlib.h')}\nC := ${probe('', 'execinfo.h')}\napp: app.c\n\t$(CC) app.c -o app\n`,
    );
    expect((await build(project)).rung).toBe('static-musl');
  });

  it('is no smaller program by __has_include in a single file', async () => {
    const path = join(folder, 'tried.c');
    const asked = PROGRAM.replace('#ifdef HAVE_Z', '#if __has_include(<zlib.h>)');
    writeFileSync(path, asked);
    expect((await build(path, '--allow-fewer-features')).rung).toBe('static-musl');
    const { rung, rejected } = await build(path);
    expect(rung).not.toBe('static-musl');
    expect(rejected[0]).toMatchObject({
      rung: 'static-musl',
      reason: expect.stringContaining('without zlib'),
    });
  });
});
