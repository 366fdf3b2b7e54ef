import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  closeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { listBelow } from '../left-behind.ts';
import { requireInCi, requireTool } from '../reference-tools.ts';
import { tarOf } from './archive-builder.ts';
import { NOTHING } from './attack-sources.ts';
import { HostileFolder } from './hostile-folder.ts';
import { layoutFiles, writeArchive, writeLayout } from './image-builder.ts';

/** Paths that are not the regular file that was expected, and places that are none. */
requireTool('musl-gcc');
const isRoot = requireInCi('root, to make devices', process.getuid?.() === 0);
const place = new HostileFolder();
beforeEach(() => place.next());
afterAll(() => place.remove());

const SIGKILL = 9;
const fifo = (path: string): string => (execFileSync('mkfifo', [path]), path);
const out = (name = 'o.tar'): string => join(place.output, name);
const receipt = (): readonly string[] => ['-o', out('receipt.json')];

function image(): string {
  const tar = tarOf({ name: 'app', mode: 0o755, content: execFileSync('cat', [place.program(NOTHING)]) });
  return writeArchive(join(place.work, 'image.tar'), layoutFiles({ layers: [{ tar }] }));
}

describe('03: an output that is no plain file', () => {
  it('a link like /dev/stdout stays a link', async () => {
    symlinkSync('/proc/self/fd/1', out('stdout'));
    const program = place.program(NOTHING);
    const stdoutFd = openSync(join(place.work, 'redirected'), 'w');
    await place.morsel(['build', program, '-o', out('stdout'), '-q'], { stdoutFd });
    await place.morsel(['prove', image(), '-o', out('stdout'), '-q'], { stdoutFd });
    closeSync(stdoutFd);
    expect(readlinkSync(out('stdout'))).toBe('/proc/self/fd/1');
  });

  it('a link to a file: the file is replaced, the link stays', async () => {
    writeFileSync(join(place.work, 'target'), 'old');
    symlinkSync('../target', out('link'));
    const run = await place.morsel(['build', place.program(NOTHING), '-o', out('link'), '--no-prove', '-q']);
    expect(readlinkSync(out('link'))).toBe('../target');
    expect(run.exitCode, run.stderr).toBe(0);
    expect(lstatSync(join(place.work, 'target')).size).toBeGreaterThan(1000);
  });

  it('a link that leads nowhere, and one to itself', async () => {
    symlinkSync('../absent/file', out('dangling'));
    symlinkSync('loop', out('loop'));
    for (const name of ['dangling', 'loop']) {
      const run = await place.morsel(['build', place.program(NOTHING), '-o', out(name), '--no-prove', '-q']);
      expect(lstatSync(out(name)).isSymbolicLink(), run.stderr).toBe(true);
    }
  });

  it('a FIFO is neither replaced nor waited for', async () => {
    fifo(out('fifo'));
    for (const args of [
      ['build', place.program(NOTHING), '--no-prove'],
      ['prove', image()],
    ]) {
      await place.morsel([...args, '-o', out('fifo'), '-q'], { limitMs: 60_000 });
      expect(lstatSync(out('fifo')).isFIFO()).toBe(true);
    }
  });

  it.skipIf(!isRoot)('a device stays what it is', async () => {
    execFileSync('mknod', [out('null'), 'c', '1', '3']);
    for (const args of [
      ['build', place.program(NOTHING), '--no-prove'],
      ['prove', image()],
    ]) {
      await place.morsel([...args, '-o', out('null'), '-q']);
      expect(lstatSync(out('null')).isCharacterDevice()).toBe(true);
    }
  });
});

describe('08: a FIFO', () => {
  it.each(['inspect', 'explain', 'run', 'prove', 'build', 'ldd'])('as what %s is given', async (command) => {
    const run = await place.morsel([command, fifo(join(place.work, 'fifo'))], { limitMs: 60_000 });
    expect([2, 125], run.stderr).toContain(run.exitCode);
  });

  it.each(['index.json', 'oci-layout', 'a blob'])('as %s of a layout', async (which) => {
    const files = layoutFiles({ layers: [{ tar: tarOf({ name: 'a' }) }] });
    const layout = writeLayout(join(place.work, 'layout'), files);
    const name =
      which === 'a blob' ? ([...files.keys()].find((path) => path.startsWith('blobs/')) ?? '') : which;
    execFileSync('rm', [join(layout, name)]);
    fifo(join(layout, name));
    for (const command of ['inspect', 'explain', 'run', 'prove']) {
      const run = await place.morsel([command, layout], { limitMs: 60_000 });
      expect([2, 125], run.stderr).toContain(run.exitCode);
    }
  });

  it.each(['morsel.json', 'hello.c', 'Makefile', 'go.mod', 'Cargo.toml', 'CMakeLists.txt', 'LICENSE'])(
    'as %s of a project',
    async (name) => {
      const project = place.cProject(NOTHING);
      if (name === 'hello.c') execFileSync('rm', [join(project, 'main.c')]);
      if (name === 'morsel.json') execFileSync('rm', [join(project, name)]);
      fifo(join(project, name));
      for (const command of ['build', 'compare'])
        await place.morsel([command, project, ...(command === 'build' ? ['-o', out()] : [])], {
          limitMs: 60_000,
        });
    },
  );

  it('as --base, --checks, --add and in a directory that is inspected', async () => {
    const pipe = fifo(join(place.work, 'fifo'));
    const program = place.program(NOTHING);
    mkdirSync(join(place.work, 'folder'));
    fifo(join(place.work, 'folder/inner'));
    const commands = [
      ['compare', program, '--base', pipe],
      ['inspect', program, '--base', pipe],
      ['prove', image(), '--checks', pipe, ...receipt()],
      ['build', program, '--add', `${pipe}:/x`, '-o', out()],
      ['build', program, '--add', `${join(place.work, 'folder')}:/x`, '-o', out()],
      ['inspect', join(place.work, 'folder')],
    ];
    for (const args of commands) await place.morsel(args, { limitMs: 60_000 });
  });
});

describe('09: a file without end', () => {
  const project = (target: string, name = 'morsel.json'): string => {
    const folder = place.cProject(NOTHING);
    execFileSync('rm', ['-f', join(folder, name)]);
    symlinkSync(target, join(folder, name));
    return folder;
  };

  it.each(['morsel.json', 'Makefile', 'LICENSE', 'main.c'])('as %s', async (name) => {
    const run = await place.morsel(['build', project('/dev/zero', name), '-o', out()]);
    if (name === 'morsel.json') expect(run.exitCode, run.stderr).toBe(2);
  });

  it('a sparse one of 1 TiB', async () => {
    const sparse = place.write('sparse', '');
    truncateSync(sparse, 2 ** 40);
    expect((await place.morsel(['build', project(sparse), '-o', out()])).exitCode).toBe(2);
    for (const command of ['inspect', 'explain', 'run', 'prove', 'ldd']) {
      const run = await place.morsel([command, sparse]);
      // ldd and explain answer no.
      expect([0, 1, 2, 125], run.stderr).toContain(run.exitCode);
    }
  });

  it.each(['/dev/zero', '/dev/urandom', '/dev/full'])('%s as what is read', async (device) => {
    for (const command of ['inspect', 'explain', 'run', 'prove', 'build', 'ldd']) {
      const run = await place.morsel([command, device]);
      expect([2, 125], `${command}: ${run.stderr}`).toContain(run.exitCode);
    }
    const run = await place.morsel(['prove', image(), '--checks', device, ...receipt()]);
    expect(run.exitCode, run.stderr).toBe(2);
  });
});

describe('folders that are none', () => {
  it.each(['/nonexistent', 'relative', '/etc/hostname', '/proc', '/dev/null'])(
    '14: TMPDIR=%s',
    async (TMPDIR) => {
      const env = { ...place.environment(), TMPDIR };
      const commands = [
        ['doctor'],
        ['run', image()],
        ['prove', image(), ...receipt()],
        ['build', place.cProject(NOTHING), '-o', out()],
        ['compare', place.program(NOTHING)],
      ];
      for (const args of commands) await place.morsel(args, { env });
    },
  );

  it.each(['/proc', '/dev/null', 'WORK/absent', 'relative', ''])('19: HOME=%s', async (named) => {
    // A home that is not there is made, as every tool makes it: it must not be made outside of the test's own folder.
    const HOME = named.replace('WORK', place.work);
    const env = { ...place.environment(), HOME };
    await place.morsel(['build', place.cProject(NOTHING), '-o', out()], { env, limitMs: 90_000 });
    await place.morsel(['inspect', '/bin/true'], { env: { ...env, XDG_CACHE_HOME: HOME }, limitMs: 90_000 });
  });
});

describe('18: SIGKILL', () => {
  it('of a build leaves no process, and the next one removes the folders', async () => {
    const project = place.cProject(NOTHING);
    for (const afterMs of [150, 250, 350, 450, 600])
      await place.morsel(['build', project, '-o', out(), '-q'], { interrupt: { signal: SIGKILL, afterMs } });
    const run = await place.morsel(['build', project, '-o', out(), '-q']);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(readdirSync(place.output).sort()).toEqual(['o.evidence.json', 'o.tar']);
    expect(listBelow(place.temporary)).toEqual([]);
  });

  it.each(['run', 'prove'])('of %s leaves no process, no mount and no cgroup', async (command) => {
    const sleeps = '#include <unistd.h>\nint main(void) { fork(); setsid(); for (;;) pause(); }\n';
    const tar = tarOf({
      name: 'app',
      mode: 0o755,
      content: execFileSync('cat', [place.program(sleeps, 'sleeper')]),
    });
    const path = writeArchive(join(place.work, 'sleeper.tar'), layoutFiles({ layers: [{ tar }] }));
    const args = command === 'prove' ? receipt() : [];
    for (const afterMs of [100, 300, 500, 900])
      await place.morsel([command, path, ...args], { interrupt: { signal: SIGKILL, afterMs } });
    await place.morsel(['run', image()]);
    expect(listBelow(place.temporary)).toEqual([]);
  });
});
