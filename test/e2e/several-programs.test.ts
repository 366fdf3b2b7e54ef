import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BUILD_LIMIT_MS,
  type BuiltImage,
  cleanEnvironment,
  compilerCaches,
  morsel,
  ROOT,
} from '../built-cli.ts';
import { hasTool, requireTool } from '../reference-tools.ts';
import { runToolOk } from '../run-tool.ts';

/** Several programs of one project in one image: one build, and each of them proven. */
const TIMEOUT = { timeout: BUILD_LIMIT_MS };

let folder = '';
beforeAll(() => {
  for (const tool of ['gcc', 'make', 'bwrap']) requireTool(tool);
  folder = mkdtempSync(join(tmpdir(), 'programs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function project(name: string, files: Readonly<Record<string, string>>): string {
  const directory = join(folder, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

interface SeveralPrograms extends BuiltImage {
  readonly programs: readonly { readonly path: string; readonly link: string; readonly libc: string }[];
}

let count = 0;

async function build(
  directory: string,
  ...flags: readonly string[]
): Promise<{ exitCode: number | null; stderr: string; image: SeveralPrograms | null; output: string }> {
  const output = join(folder, `out-${(count += 1)}.tar`);
  const env = cleanEnvironment({ ...compilerCaches(), XDG_CACHE_HOME: join(folder, 'cache') });
  const args = ['build', directory, '-o', output, '--format', 'json', ...flags];
  const { exitCode, stdout, stderr } = await morsel(args, { env });
  return {
    exitCode,
    stderr,
    image: exitCode === 0 ? (JSON.parse(stdout) as SeveralPrograms) : null,
    output,
  };
}

const HELLO = '#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n';

/** A Makefile with the programs, of one source each. */
function makeProject(name: string, sources: Readonly<Record<string, string>>, flags = ''): string {
  const names = Object.keys(sources);
  const rules = names.map((one) => `${one}: ${one}.c\n\t$(CC) -O1 -o $@ ${one}.c ${flags}\n`);
  return project(name, {
    Makefile: `all: ${names.join(' ')}\n${rules.join('')}`,
    ...Object.fromEntries(Object.entries(sources).map(([one, text]) => [`${one}.c`, text])),
  });
}

const checksOf = ({ image }: { readonly image: SeveralPrograms | null }): readonly string[] =>
  (image?.proof.checks ?? []).map(({ name, status }) => `${name}: ${status}`);

/** Digests of the layers of an archive: what the order of names may not change. */
async function layersOf(archive: string): Promise<readonly string[]> {
  const index = await runToolOk('tar', ['-xOf', archive, 'manifest.json']);
  const [manifest] = JSON.parse(index) as readonly { readonly Layers: readonly string[] }[];
  return manifest?.Layers ?? [];
}

describe('the example', () => {
  it('has both programs in one image, and all checks of both pass', TIMEOUT, async () => {
    const directory = join(folder, 'example');
    cpSync(join(ROOT, 'examples/c-two-programs'), directory, { recursive: true });
    const built = await build(directory);
    expect(built.image, built.stderr).toMatchObject({
      proof: { status: 'passed', strength: 'checked' },
      programs: [{ path: '/pack' }, { path: '/unpack' }],
    });
    expect(built.image?.files.map(({ path }) => path)).toEqual(['/pack', '/unpack']);
    expect(checksOf(built)).toEqual([
      'packs: passed',
      'unpacks: passed',
      'refuses what was not packed: passed',
    ]);
  });
});

describe('programs of a Makefile', () => {
  it('are each started where no check does, and packed with what both need', TIMEOUT, async () => {
    const flags = '-lm';
    const maths = `#include <math.h>\n#include <stdio.h>\nint main(int n, char **a) { (void)a; printf("%f\\n", sin(n)); return 0; }\n`;
    const directory = makeProject('two', { first: HELLO, second: maths }, flags);
    const both = await build(directory, '--bin', 'first', '--bin', 'second', '--rung', 'closure');
    expect(checksOf(both), both.stderr).toEqual(['starts: passed', '/second starts: passed']);
    const libm = both.image?.files.find(({ path }) => path.endsWith('/libm.so.6'));
    expect(libm?.reason).toMatch(/^needed by \/second \(DT_NEEDED libm\.so\.6\)$/);
    const libc = both.image?.files.filter(({ path }) => path.endsWith('/libc.so.6'));
    expect(libc).toHaveLength(1);
    expect(libc?.[0]?.reason).toMatch(/\/first .*; .*\/second /);
  });

  it('are not proven where the second one is broken, whose name is said', TIMEOUT, async () => {
    const broken = 'int main(void) { *(volatile int *)0 = 1; return 0; }\n';
    const directory = makeProject('broken', { good: HELLO, bad: broken });
    const built = await build(directory, '--bin', 'good', '--bin', 'bad', '--rung', 'static-glibc');
    expect(built).toMatchObject({ exitCode: 1, image: null });
    expect(built.stderr).toContain('/bad starts');
    expect(await build(directory, '--bin', 'good', '--rung', 'static-glibc')).toMatchObject({ exitCode: 0 });
  });

  it('are one image, whichever is named last: the layers are the same', TIMEOUT, async () => {
    const directory = makeProject('order', { one: HELLO, two: HELLO, three: HELLO });
    const flags = ['--rung', 'static-glibc'];
    const forward = await build(directory, '--bin', 'one', '--bin', 'two', '--bin', 'three', ...flags);
    const backward = await build(directory, '--bin', 'one', '--bin', 'three', '--bin', 'two', ...flags);
    const other = await build(directory, '--bin', 'two', '--bin', 'one', '--bin', 'three', ...flags);
    expect(forward.image?.digest, forward.stderr).toMatch(/^sha256:/);
    expect(backward.image?.digest).toBe(forward.image?.digest);
    expect(await layersOf(other.output)).toEqual(await layersOf(forward.output));
    expect(other.image?.programs.map(({ path }) => path)).toEqual(['/two', '/one', '/three']);
  });

  it('lose a rung together, with the name of the one that cannot be there', TIMEOUT, async () => {
    const directory = makeProject('lost', { plain: HELLO });
    // A program of this machine, which no flag makes static.
    writeFileSync(
      join(directory, 'Makefile'),
      'all: plain fixed\nplain: plain.c\n\t$(CC) -o $@ plain.c\nfixed:\n\tcp /bin/true $@\n',
    );
    const rungs = ['--rung', 'static-glibc', '--rung', 'closure'];
    const built = await build(directory, '--bin', 'plain', '--bin', 'fixed', ...rungs);
    expect(built.image, built.stderr).toMatchObject({ rung: 'closure' });
    expect(built.image?.rejected).toMatchObject([
      { rung: 'static-glibc', reason: expect.stringMatching(/^fixed: the linker made a file/) as unknown },
    ]);
    expect(await build(directory, '--bin', 'plain', ...rungs)).toMatchObject({
      image: { rung: 'static-glibc' },
    });
  });

  it('say which of them the build does not make', TIMEOUT, async () => {
    const directory = makeProject('absent', { here: HELLO });
    const built = await build(directory, '--bin', 'here', '--bin', 'gone', '--rung', 'static-glibc');
    expect(built.exitCode).toBe(3);
    expect(built.stderr).toContain('no program called gone');
  });

  it('are told what is checked of them by their paths', TIMEOUT, async () => {
    const directory = makeProject('checked', { a: HELLO, b: HELLO });
    writeFileSync(
      join(directory, 'morsel.json'),
      JSON.stringify({
        bin: ['a', 'b'],
        checks: [{ name: 'b says hello', command: ['/b'], expectedOutput: ['^hello$'] }],
      }),
    );
    const built = await build(directory, '--rung', 'static-glibc');
    // What no check starts is started by itself.
    expect(checksOf(built), built.stderr).toEqual(['b says hello: passed', 'starts: passed']);
  });

  it('leave what each of them has beside the image, in its evidence', TIMEOUT, async () => {
    const directory = makeProject('evidence', { a: HELLO, b: HELLO });
    const built = await build(directory, '--bin', 'a', '--bin', 'b', '--rung', 'static-glibc');
    const evidence: unknown = JSON.parse(
      readFileSync(built.output.replace(/\.tar$/, '.evidence.json'), 'utf8'),
    );
    expect(evidence).toMatchObject({
      program: { path: '/a' },
      programs: [
        { path: '/a', link: 'static', libc: 'glibc' },
        { path: '/b', link: 'static', libc: 'glibc' },
      ],
    });
  });
});

describe('programs of other build systems', () => {
  it.skipIf(!hasTool('go'))('are several commands of a Go module', TIMEOUT, async () => {
    const main = (word: string): string =>
      `package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("${word}") }\n`;
    const directory = project('gomod', {
      'go.mod': 'module example.org/two\n\ngo 1.19\n',
      'cmd/serve/main.go': main('serve'),
      'cmd/ctl/main.go': main('ctl'),
    });
    const built = await build(directory, '--bin', 'serve', '--bin', './cmd/ctl');
    expect(built.image, built.stderr).toMatchObject({
      rung: 'static-go',
      programs: [{ path: '/serve' }, { path: '/ctl' }],
      proof: { status: 'passed' },
    });
    expect(checksOf(built)).toEqual(['starts: passed', '/ctl starts: passed']);
  });

  it.skipIf(!hasTool('cargo'))('are several members of a Cargo workspace', TIMEOUT, async () => {
    const member = (name: string): Readonly<Record<string, string>> => ({
      [`${name}/Cargo.toml`]: `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n`,
      [`${name}/src/main.rs`]: `fn main() { println!("${name}"); }\n`,
    });
    const directory = project('workspace', {
      'Cargo.toml': '[workspace]\nmembers = ["alpha", "beta"]\nresolver = "2"\n',
      ...member('alpha'),
      ...member('beta'),
    });
    const built = await build(directory, '--bin', 'beta', '--bin', 'alpha', '--rung', 'static-glibc');
    expect(built.image, built.stderr).toMatchObject({
      programs: [{ path: '/beta' }, { path: '/alpha' }],
      proof: { status: 'passed' },
    });
  });

  it.skipIf(!hasTool('cmake'))('are several executables of a CMake project', TIMEOUT, async () => {
    const directory = project('cmake', {
      'CMakeLists.txt':
        'cmake_minimum_required(VERSION 3.13)\nproject(pair C)\nadd_executable(left a.c)\nadd_executable(right a.c)\n',
      'a.c': HELLO,
    });
    const built = await build(directory, '--bin', 'right', '--bin', 'left', '--rung', 'static-glibc');
    expect(built.image, built.stderr).toMatchObject({
      programs: [{ path: '/right' }, { path: '/left' }],
      proof: { status: 'passed' },
    });
  });
});
