import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILD_LIMIT_MS, type BuiltImage, morsel } from '../built-cli.ts';
import { requireInCi, requireTool } from '../reference-tools.ts';
import { runToolOk } from '../run-tool.ts';

/**
 * What is said of an image comes from a run of the same program where it works: each program here was once "proven" though
 * it failed, and has one like it beside that is right. In somebody's own folder, as users have them.
 */
const isRoot = requireInCi('root, to put a file where packages do', process.getuid?.() === 0);
let folder = '';
let count = 0;

/** No package's, and where only packages put files. */
const OWNED_NOWHERE = `/usr/share/morsel-test-${process.pid}`;

beforeAll(() => {
  requireTool('gcc');
  folder = mkdtempSync(join(tmpdir(), 'control-'));
  if (!isRoot) return;
  mkdirSync(OWNED_NOWHERE, { recursive: true });
  writeFileSync(join(OWNED_NOWHERE, 'demo.dat'), 'data\n');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(OWNED_NOWHERE, { recursive: true, force: true });
});

async function compile(name: string, code: string, flags: readonly string[] = []): Promise<string> {
  const source = join(folder, `${name}-${(count += 1)}.c`);
  const program = join(folder, `${count}`, 'bin', name);
  mkdirSync(join(folder, `${count}`, 'bin'), { recursive: true });
  writeFileSync(
    source,
    `#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\n${code}`,
  );
  await runToolOk('gcc', ['-o', program, source, ...flags]);
  return program;
}

interface Built {
  readonly exitCode: number | null;
  readonly image: BuiltImage | null;
  readonly failure: string;
}

async function build(program: string, ...flags: readonly string[]): Promise<Built> {
  const output = join(folder, `image-${(count += 1)}.tar`);
  const { exitCode, stdout, stderr } = await morsel([
    'build',
    program,
    '-o',
    output,
    '--format',
    'json',
    ...flags,
  ]);
  if (exitCode !== 0) return { exitCode, image: null, failure: stderr };
  return { exitCode, image: JSON.parse(stdout) as BuiltImage, failure: '' };
}

const paths = ({ image }: Built): readonly string[] => image?.files.map(({ path }) => path) ?? [];

describe('a program that works here', { timeout: BUILD_LIMIT_MS }, () => {
  it('and needs nothing of this machine: a start, and no more', async () => {
    const hello = await compile('hello', 'int main(void){ puts("hello"); return 0; }', ['-static']);
    const built = await build(hello);
    expect(built.image?.proof).toMatchObject({
      status: 'passed',
      strength: 'start',
      control: { source: 'machine', reason: null },
    });
    expect(paths(built)).toEqual(['/hello']);
  });

  const OPENS = `int main(void){ FILE *f = fopen("${OWNED_NOWHERE}/demo.dat", "r"); char b[9]; if (!f) { perror("demo.dat"); return 1; } fputs(fgets(b, 9, f), stdout); return 0; }`;

  it.skipIf(!isRoot)(
    'by a file that is where packages put theirs: it is packed, or the answer is no',
    async () => {
      const built = await build(await compile('opens', OPENS));
      if (built.image === null) expect(built.failure).toContain(`${OWNED_NOWHERE}/demo.dat`);
      else expect(paths(built)).toContain(`${OWNED_NOWHERE}/demo.dat`);
    },
  );

  it('by a file of its own folder, which it finds from where it lies', async () => {
    const program = await compile(
      'beside',
      'int main(void){ char p[4096]; ssize_t n = readlink("/proc/self/exe", p, 4000); p[n] = 0; strcpy(strrchr(p, 47), "/../share/msg.txt"); FILE *f = fopen(p, "r"); char b[99]; if (!f) { perror(p); return 1; } fputs(fgets(b, 99, f), stdout); return 0; }',
    );
    mkdirSync(join(program, '../../share'));
    writeFileSync(join(program, '../../share/msg.txt'), 'found\n');
    const built = await build(program);
    // A program that moves cannot find it; one that stays has it. What must not be is a yes without the file.
    expect(built.image === null || paths(built).some((path) => path.endsWith('/share/msg.txt'))).toBe(true);
  });

  it('by a library that it opens by name: it is packed, with what it needs', async () => {
    const program = await compile(
      'opener',
      '#include <dlfcn.h>\nint main(void){ char n[32]; snprintf(n, 32, "lib%s.so.6", "m"); if (!dlopen(n, RTLD_NOW)) { puts(dlerror()); return 1; } puts("loaded"); return 0; }',
    );
    const built = await build(program);
    expect(built.image?.proof).toMatchObject({ status: 'passed', strength: 'start' });
    expect(paths(built)).toContainEqual(expect.stringMatching(/\/libm\.so\.6$/));
    expect(built.image?.files.find(({ path }) => path.endsWith('/libm.so.6'))?.reason).toContain(
      'on this machine',
    );
  });

  it('by a user database of which its bytes do not tell: the image’s own is packed', async () => {
    const program = await compile(
      'whoami',
      '#include <dlfcn.h>\n#include <pwd.h>\nint main(void){ struct passwd *(*look)(uid_t) = dlsym(RTLD_DEFAULT, "getpw" "uid"); struct passwd *p = look(geteuid()); if (!p) { fputs("nobody knows me\\n", stderr); return 1; } puts(p->pw_name); return 0; }',
    );
    const built = await build(program, '--check', ' ');
    expect(built.image?.proof).toMatchObject({ status: 'passed', strength: 'equal' });
    expect(built.image?.files.find(({ path }) => path === '/etc/passwd')?.reason).toContain(
      'looked up by the program on this machine',
    );
  });

  it.skipIf(!isRoot)('by a file without which it says nothing and writes something else', async () => {
    const program = await compile(
      'draws',
      'int main(void){ char path[64]; snprintf(path, 64, "/usr/share/common-%s/BSD", "licenses"); FILE *f = fopen(path, "r"), *out = fopen("/tmp/picture", "w"); char b[9] = "blank"; if (!out) return 1; if (f) fgets(b, 9, f); fputs(b, out); return fclose(out); }',
    );
    const built = await build(program, '--check', ' ');
    expect(built.image?.proof).toMatchObject({ status: 'passed', strength: 'equal' });
    expect(paths(built)).toContain('/usr/share/common-licenses/BSD');
  });

  it('by a program that it starts', async () => {
    const built = await build(
      await compile('starts', 'int main(void){ return system("echo from the shell") != 0; }'),
    );
    expect(built.image?.proof.status).toBe('passed');
    expect(paths(built)).toContainEqual(expect.stringMatching(/\/(?:da)?sh$/));
  });
});

describe('a program that fails here too', { timeout: BUILD_LIMIT_MS }, () => {
  it('is unclear, and is given a job that it can do', async () => {
    const tool = await compile(
      'tool',
      'int main(int c, char **v){ if (c < 2) { fputs("usage: tool FILE\\n", stderr); return 2; } if (!strcmp(v[1], "--version")) puts("tool 1.0"); return 0; }',
    );
    const built = await build(tool);
    expect(built.image?.proof).toMatchObject({ status: 'unclear', strength: 'none' });
    expect(built.image?.proof.checks.map(({ name, status }) => `${name}: ${status}`)).toEqual([
      'starts: unclear',
      '--version: passed',
    ]);
    expect(built.image?.proof.checks[0]?.detail).toContain("--check '--version'");
    const required = await build(tool, '--require-proof');
    expect(required.exitCode).toBe(1);
    expect(required.failure).toContain('PROOF_FAILED');
    expect((await build(tool, '--check', '--version')).image?.proof).toMatchObject({
      status: 'passed',
      strength: 'equal',
    });
    expect((await build(tool, '--check', '--version', '--require-proof=checked')).exitCode).toBe(1);
  });

  it('is never proven by an error that is the same in both', async () => {
    const built = await build(await compile('lacks', 'int main(void){ perror("/no/such/file"); return 1; }'));
    expect(built.image?.proof.status ?? 'failed').not.toBe('passed');
  });

  it('fails a check that it fails here as well, and says so', async () => {
    const built = await build(await compile('three', 'int main(void){ return 3; }'), '--check', 'x');
    expect(built.exitCode).toBe(1);
    expect(built.failure).toContain('nor does it pass on this machine, where it ends with exit code 3');
  });
});

describe('output that differs', { timeout: BUILD_LIMIT_MS }, () => {
  it('from run to run is not compared where it does', async () => {
    const built = await build(
      await compile(
        'varies',
        '#include <time.h>\nint main(void){ printf("pid %d at %ld, %p\\nalways\\n", getpid(), time(0), (void *)main); return 0; }',
      ),
    );
    expect(built.image?.proof).toMatchObject({ status: 'passed', strength: 'start' });
  });

  it('in what nothing varies is a no', async () => {
    const built = await build(
      await compile(
        'machine',
        'int main(void){ puts(access("/usr/bin/env", F_OK) == 0 ? "a machine" : "an image"); return 0; }',
      ),
    );
    const isPacked = paths(built).includes('/usr/bin/env');
    expect(built.image === null || isPacked).toBe(true);
  });
});

describe('what a control run sees', { timeout: BUILD_LIMIT_MS }, () => {
  it('is nothing of anybody’s own', async () => {
    const secret = join(folder, 'secret.txt');
    writeFileSync(secret, 'secret', { mode: 0o644 });
    const places = [secret, '/root', '/home', '/run', '/srv', '/etc/shadow', '/var/lib/dpkg/status'];
    const source = places
      .map((path) => `{ FILE *f = fopen("${path}", "r"); if (f && fgetc(f) != EOF) puts("${path}"); }`)
      .join(' ');
    const lists = `#include <dirent.h>\nstatic void list(const char *p){ DIR *d = opendir(p); struct dirent *e; while (d && (e = readdir(d))) if (e->d_name[0] != '.') printf("%s/%s\\n", p, e->d_name); }\n`;
    const program = await compile(
      'spy',
      `${lists}int main(void){ ${source} list("/root"); list("/home"); list("/run"); list("/srv"); list("/tmp"); list("${tmpdir()}"); return 0; }`,
      ['-static'],
    );
    const built = await build(program, '--check', ' ');
    // It finds as much of them as in an image on scratch.
    expect(built.image?.proof).toMatchObject({ status: 'passed', strength: 'equal' });
  });
});
