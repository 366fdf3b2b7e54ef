import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { hasTool, requireInCi, requireTool } from '../reference-tools.ts';
import { NOTHING } from './attack-sources.ts';
import { HostileFolder, SECRET } from './hostile-folder.ts';

/** Projects of others: their files, their build, and what their morsel.json may ask for. */
requireTool('musl-gcc');
const isRoot = requireInCi('root, for a full disk', process.getuid?.() === 0);
const place = new HostileFolder();
beforeEach(() => place.next());
afterAll(() => place.remove());

const SIGINT = 2;
const out = (): readonly string[] => ['-o', join(place.output, 'o.tar')];
const musl = (...args: readonly string[]): readonly string[] => [
  'build',
  ...args,
  ...out(),
  '--rung',
  'static-musl',
];

function projectOf(files: Readonly<Record<string, string>>): string {
  for (const [name, content] of Object.entries(files)) place.write(`project/${name}`, content, 0o644);
  return join(place.work, 'project');
}

describe('10: regular expressions that backtrack', () => {
  const source = `#include <stdio.h>\nint main(void) { fputs("${'a'.repeat(44)}!\\n", stderr); puts("${'a'.repeat(44)}!"); return 0; }\n`;
  it.each([
    [{ expectedOutput: ['^(a+)+$'] }],
    [{ excludedOutput: ['^(a|aa)+$'] }],
    [{ expectedError: ['(.*a){40}$'] }],
    [{ expectedOutput: ['^(?:(?:a*)*)*b'], excludedError: ['^(a+)+$'] }],
  ])('%j', async (words) => {
    const project = place.cProject(source, [{ name: 'slow', timeoutSeconds: 2, ...words }]);
    const run = await place.morsel(musl(project));
    expect([0, 1, 2, 3], run.stderr).toContain(run.exitCode);
  });

  it('a signal is heard', async () => {
    const project = place.cProject(source, [
      { name: 'slow', timeoutSeconds: 100, expectedOutput: ['^(a+)+$'] },
    ]);
    await place.morsel(musl(project), { interrupt: { signal: SIGINT, afterMs: 3000 }, limitMs: 60_000 });
  });
});

describe('12: what a failing tool prints', () => {
  it.each([
    ['one line of 400 kB', "head -c 400000 /dev/zero | tr '\\0' x; exit 1"],
    ['one line of 100 MB', "head -c 100000000 /dev/zero | tr '\\0' x; exit 1"],
    ['one line of words', "head -c 400000 /dev/zero | tr '\\0' ' '; echo error; exit 1"],
    ['a million lines', 'yes "main.c:1: undefined reference to" | head -n 1000000; exit 1'],
    ['a line of slashes', "head -c 400000 /dev/zero | tr '\\0' /; exit 1"],
  ])('%s', async (_what, recipe) => {
    const project = projectOf({ 'main.c': NOTHING, Makefile: `all:\n\t${recipe} >&2\n` });
    const run = await place.morsel(musl(project));
    expect(run.exitCode, run.stderr.slice(0, 500)).toBe(3);
  });
});

describe('24: small faults of projects', () => {
  it('a link to itself hides nothing', async () => {
    const project = projectOf({ 'hello.c': NOTHING });
    symlinkSync('x', join(project, 'x'));
    const run = await place.morsel(musl(project, '--no-prove'));
    expect(run.exitCode, run.stderr).toBe(0);
  });

  it('a source named as a flag is a source', async () => {
    const project = projectOf({ 'hello.c': NOTHING });
    renameSync(join(project, 'hello.c'), join(project, '-dash.c'));
    const run = await place.morsel(musl(project, '--no-prove'));
    expect(run.exitCode, run.stderr).toBe(0);
  });

  it('a daemon neither holds a build nor outlives it', async () => {
    const recipe = 'setsid sleep 600 & $(CC) -static -o app hello.c';
    const project = projectOf({ 'hello.c': NOTHING, Makefile: `all:\n\t${recipe}\n` });
    const run = await place.morsel(musl(project, '--no-prove'));
    expect(run.exitCode, run.stderr).toBe(0);
  });

  it('a build that never ends is stopped by --timeout, with all its children', async () => {
    const project = projectOf({ 'hello.c': NOTHING, Makefile: 'all:\n\tsetsid sleep 600 & sleep 600\n' });
    const run = await place.morsel(musl(project, '--no-prove', '--timeout', '2'), { limitMs: 90_000 });
    expect([1, 3], run.stderr).toContain(run.exitCode);
  });

  it.each([
    ['--stop-signal', 'NOPE'],
    ['--stop-signal', '99999'],
    ['--workdir', `/${'w'.repeat(5000)}`],
    ['--workdir', 'relative'],
    ['--env', 'A=\u0001\n\u0000'.replace('\u0000', '')],
  ])('%s %j is refused, or harmless', async (flag, value) => {
    const run = await place.morsel(['build', place.program(NOTHING), ...out(), '--no-prove', flag, value]);
    if (flag !== '--env') expect(run.exitCode, run.stderr).toBe(2);
  });

  it('a malformed CMakeLists.txt beside one C file is not passed over', async () => {
    const project = projectOf({ 'hello.c': NOTHING, 'CMakeLists.txt': 'project(\n' });
    const run = await place.morsel(musl(project, '--no-prove'));
    expect(run.exitCode, run.stderr).toBe(3);
  });
});

describe('secrets of this machine', () => {
  const secret = (): string => join(place.victim, 'secret');

  it.each<[string, (path: string) => string]>([
    ['an absolute path', (path) => path],
    ['a path upwards', () => '../victim/secret'],
    ['a link that leads out', () => 'link'],
    ['a folder with a link in it', () => 'folder'],
  ])('morsel.json does not add %s', async (_what, source) => {
    const project = projectOf({ 'hello.c': NOTHING });
    mkdirSync(join(project, 'folder'));
    for (const link of ['link', 'folder/link']) symlinkSync(secret(), join(project, link));
    const add = [`${source(secret())}:/x`];
    place.write('project/morsel.json', JSON.stringify({ name: 'x', add }), 0o644);
    const run = await place.morsel(musl(project, '--no-prove', '--compression', 'none'));
    const found = run.exitCode === 0 && execFileSync('cat', [join(place.output, 'o.tar')]).includes(SECRET);
    expect(found, run.stderr).toBe(false);
    expect(`${run.stdout}${run.stderr}`).not.toContain(SECRET);
  });

  it('the command line does', async () => {
    const project = projectOf({ 'hello.c': NOTHING });
    const run = await place.morsel(musl(project, '--no-prove', '--add', `${secret()}:/x`));
    expect(run.exitCode, run.stderr).toBe(0);
  });

  it.each(['hello.c', 'Makefile', 'morsel.json', 'CMakeLists.txt', 'go.mod', 'Cargo.toml'])(
    'a %s that is a link out of the project is not quoted',
    async (name) => {
      const project = projectOf(name === 'hello.c' ? {} : { 'hello.c': NOTHING });
      mkdirSync(project, { recursive: true });
      symlinkSync(secret(), join(project, name));
      const run = await place.morsel(musl(project, '--no-prove'));
      expect(`${run.stdout}${run.stderr}`).not.toContain(SECRET);
    },
  );
});

describe('a full disk', () => {
  it.skipIf(!isRoot || !hasTool('unshare'))('of the cache is not the project’s fault', async () => {
    const cache = join(place.work, 'cache');
    mkdirSync(cache);
    const mount =
      'mount -t tmpfs -o size=4k none "$0" || exit 99; dd if=/dev/zero of="$0/full" bs=4k count=1 2>/dev/null; exec "$@"';
    const through = ['unshare', '-m', '--propagation', 'private', 'sh', '-c', mount, cache];
    const env = { ...place.environment(), XDG_CACHE_HOME: cache };
    const run = await place.morsel(['build', place.cProject(NOTHING), ...out()], { through, env });
    expect(run.stderr).toMatch(/code: DISK_FULL/);
  });
});

describe('after a signal', () => {
  it('nothing of the compiler stays in TMPDIR', async () => {
    const slow = `${Array.from({ length: 3000 }, (_, n) => `int f${n}(int a) { return a * ${n} + a / (a + ${n}); }`).join('\n')}\n${NOTHING}`;
    const project = projectOf({ 'hello.c': slow });
    for (const [signal, afterMs] of [
      [SIGINT, 400],
      [15, 700],
      [1, 1000],
    ] as const)
      await place.morsel(['build', project, ...out()], { interrupt: { signal, afterMs } });
  });
});
