import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTool } from '../../../core/find-tool.ts';
import { compilerWrapper } from '../../c/compiler-wrapper.ts';
import { callsFolder } from '../../left-out-words.ts';
import type { CompilePlan } from '../../plan.ts';
import { runCompilePlan } from '../run-plan.ts';

let root: string;
let sources: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-again-'));
  sources = join(root, 'sources');
  write('Makefile', MAKEFILE);
  write('main.c', '#include <stdio.h>\nint part(void);\nint main(void) { printf("one %d\\n", part()); }\n');
  write('part.c', '#include "part.h"\nint part(void) { return PART; }\n');
  write('part.h', '#define PART 1\n');
});
afterEach(() => rmSync(root, { recursive: true }));

/** Headers are not in it: it is as people write them. */
const MAKEFILE = 'app: main.o part.o\n\t$(CC) -o $@ main.o part.o\n';

function write(name: string, text: string): void {
  mkdirSync(dirname(join(sources, name)), { recursive: true });
  writeFileSync(join(sources, name), text);
}

const copyIn = (work: string): string => join(root, work, 'src');
const object = (name: string): number => statSync(join(copyIn('work'), name)).mtimeMs;

const NO_FLAGS = {
  before: [],
  after: [],
  link: [],
  drop: null,
  dropWhenLinking: null,
  linkerName: null,
  inputLanguage: null,
  sharedLibraries: 'shared',
  linkFirst: [],
  trades: [],
} as unknown as Parameters<typeof compilerWrapper>[1];

function planIn(work: string): CompilePlan {
  const workDirectory = join(root, work);
  const cc = join(workDirectory, 'bin/cc');
  const text = compilerWrapper([findTool('gcc') ?? 'gcc'], NO_FLAGS, {
    leftOut: join(workDirectory, 'tmp/left-out'),
    record: null,
    calls: callsFolder(workDirectory),
  });
  const to = copyIn(work);
  return {
    rung: 'closure',
    toolchain: 'gcc',
    workDirectory,
    cleanDirectories: [to],
    prepare: [],
    commands: [{ program: findTool('make') ?? 'make', args: [`CC=${cc}`], cwd: to, purpose: 'make' }],
    files: [{ path: cc, content: { kind: 'text', text, mode: 0o755 } }],
    copySources: { from: sources, to, exclude: [] },
    configuration: null,
    ordinary: null,
    artifact: { kind: 'file', path: join(to, 'app'), others: [] },
    finish: [],
    fallback: null,
    trades: [],
    notes: [],
    experimental: null,
  };
}

const environment = { PATH: process.env['PATH'], LC_ALL: 'C' };

async function build(env: Readonly<Record<string, string | undefined>> = environment): Promise<Buffer> {
  const { programs } = await runCompilePlan(planIn('work'), { env });
  return readFileSync(programs[0].path);
}

/** In a folder of its own, of which nothing was there before. */
async function cleanBuild(env: Readonly<Record<string, string | undefined>> = environment): Promise<Buffer> {
  rmSync(join(root, 'clean'), { recursive: true, force: true });
  const { programs } = await runCompilePlan(planIn('clean'), { env });
  return readFileSync(programs[0].path);
}

const TOOLS = ['gcc', 'make'].every((tool) => findTool(tool) !== null);

describe.skipIf(!TOOLS)('a build after an edit', () => {
  it('compiles what was edited, and gives what a clean build gives', async () => {
    await build();
    const before = object('part.o');
    write('main.c', readFileSync(join(sources, 'main.c'), 'utf8').replace('one', 'two'));
    const after = await build();
    expect(object('part.o')).toBe(before);
    expect(after.includes('two %d')).toBe(true);
    expect(after.equals(await cleanBuild())).toBe(true);
    write('part.c', 'int part(void) { return 7; }\n');
    const main = object('main.o');
    expect((await build()).equals(await cleanBuild())).toBe(true);
    expect(object('main.o')).toBe(main);
  });

  it.each([
    ['a header, which the Makefile does not know', () => write('part.h', '#define PART 2\n')],
    ['a source that is new', () => write('more.c', 'int more;\n')],
    [
      'a source that has another name',
      () => {
        renameSync(join(sources, 'part.c'), join(sources, 'other.c'));
        write('Makefile', MAKEFILE.replaceAll('part.o', 'other.o'));
      },
    ],
    ['a Makefile', () => write('Makefile', MAKEFILE.replace('-o $@', '-g -o $@'))],
    [
      'a source whose time is older than the last build',
      () => {
        write('part.c', 'int part(void) { return 9; }\n');
        utimesSync(join(sources, 'part.c'), 1_000_000_000, 1_000_000_000);
      },
    ],
  ])('begins anew after an edit of %s', async (_, edit) => {
    await build();
    const before = object('main.o');
    edit();
    expect((await build()).equals(await cleanBuild())).toBe(true);
    expect(object('main.o')).toBeGreaterThan(before);
  });

  it('begins anew where another variable is set', async () => {
    write('Makefile', `${MAKEFILE}CFLAGS += -DPART=$(NUMBER)\n`);
    write('part.c', 'int part(void) { return PART; }\n');
    await build({ ...environment, NUMBER: '3' });
    const other = { ...environment, NUMBER: '4' };
    expect((await build(other)).equals(await cleanBuild(other))).toBe(true);
  });

  it.each([
    [
      'is included by another',
      { 'main.c': '#include "part.c"\nint main(void) { return part(); }\n' },
      'app: main.o\n\t$(CC) -o $@ main.o\npart.o: part.c\n',
    ],
    [
      'goes into an archive that the link does not wait for',
      { 'main.c': 'int part(void);\nint main(void) { return part(); }\n' },
      'all: lib app\nlib: part.o\n\tar rcs libpart.a part.o\napp: main.o\n\t$(CC) -o $@ main.o -L. -lpart\n',
    ],
    [
      'is linked by a rule without it',
      { 'main.c': 'int part(void);\nint main(void) { return part(); }\n' },
      'app: main.c\n\t$(CC) -o $@ main.c part.c\n',
    ],
    [
      'is of a program that makes another source',
      {
        'main.c': '#include "made.h"\nint main(void) { return MADE; }\n',
        'tool.c':
          '#include <stdio.h>\nint part(void);\nint main(void) { printf("#define MADE %d\\n", part()); }\n',
      },
      'all: tool made.h app\ntool: tool.o part.o\n\t$(CC) -o $@ tool.o part.o\nmade.h:\n\t./tool > $@\napp: main.o\n\t$(CC) -o $@ main.o\n',
    ],
    [
      'is changed by the build itself',
      { 'main.c': 'int part(void);\nint main(void) { return part(); }\n' },
      'app: patched main.o part.o\n\t$(CC) -o $@ main.o part.o\npatched:\n\tsed -i s/return/return\\ 10+/ part.c\n\ttouch $@\npart.o: patched\n',
    ],
  ])('is never old where a source %s', async (_, files, makefile) => {
    write('Makefile', makefile);
    for (const [name, text] of Object.entries(files)) write(name, text);
    await build();
    write('part.c', 'int part(void) { return 8; }\n');
    expect((await build()).equals(await cleanBuild())).toBe(true);
  });

  it('goes on after an error has been mended', async () => {
    await build();
    const before = object('part.o');
    const main = readFileSync(join(sources, 'main.c'), 'utf8');
    write('main.c', `${main}int wrong = "a" * 2;\n`);
    await expect(build()).rejects.toMatchObject({ code: 'COMPILE_FAILED' });
    expect(existsSync(join(copyIn('work'), 'main.o'))).toBe(false);
    await expect(build()).rejects.toMatchObject({ code: 'COMPILE_FAILED' });
    write('main.c', main.replace('one', 'three'));
    expect((await build()).equals(await cleanBuild())).toBe(true);
    expect(object('part.o')).toBe(before);
  });

  it('believes nothing that a project has written into its place', async () => {
    await build();
    appendFileSync(join(root, 'work/last-build.json'), '{');
    write('part.c', 'int part(void) { return 6; }\n');
    expect((await build()).equals(await cleanBuild())).toBe(true);
  });
});
