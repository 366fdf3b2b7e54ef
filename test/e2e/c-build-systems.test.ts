import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTools, type Tools } from '../../src/toolchain/index.ts';
import { hasTool, requireTool } from '../reference-tools.ts';
import { buildFor, EXAMPLES } from './c-projects.ts';

const TIMEOUT_MS = 300_000;
const SEPARATOR = '\x1f';

let root: string;
let log: string;
let tools: Tools;

/** A machine whose only compiler writes down how it was called, and then does what gcc does. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'morsel-argv-'));
  log = join(root, 'argv.log');
  const compiler = join(root, 'gcc');
  // One write a call: make runs several at once.
  const record = `line=$(printf '%s\\037' "$@"); printf '%s\\n' "$line" >> ${log}`;
  writeFileSync(compiler, `#!/bin/sh\n${record}\nexec ${requireTool('gcc')} "$@"\n`);
  chmodSync(compiler, 0o755);
  const real = await findTools({ groups: ['c'] });
  const native = real.c.cCompilers.find((cc) => cc.kind === 'native' && cc.libc === 'glibc');
  if (native === undefined) throw new Error('there is no native gcc');
  tools = {
    ...real,
    c: { ...real.c, cCompilers: [{ ...native, path: compiler }], cxxCompilers: [], zig: null },
  };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The calls that had to do with the project's own files, not with the build system's experiments. */
async function callsOf(example: string): Promise<readonly (readonly string[])[]> {
  rmSync(log, { force: true });
  await buildFor(join(EXAMPLES, example), 'static-glibc', { workDirectory: join(root, example), tools });
  const calls = readFileSync(log, 'utf8')
    .split('\n')
    .map((line) => line.split(SEPARATOR).slice(0, -1));
  return calls.filter((args) =>
    args.some((word) => /(^|[/_])(main|table|crc32|encode|layout)(\.c|\.o|\.c\.o)$/.test(word)),
  );
}

describe('what a compiler is told by', () => {
  it.for([
    ['c-make', ['-Iinclude', '-DTALLY_VERSION="1.2.0"', '-Werror'], '-lm'],
    ['c-cmake', ['-DDIGEST_ADLER', '-DDIGEST_VERSION="0.3.0"'], null],
    ['c-meson', ['-DBASE64_VERSION="1.0.1"', '-std=c11'], null],
    ['c-autotools', ['-DHAVE_CONFIG_H'], null],
  ] as const)('%s', { timeout: TIMEOUT_MS }, async ([example, own, library], { skip }) => {
    const needed = { 'c-make': 'make', 'c-cmake': 'cmake', 'c-meson': 'meson', 'c-autotools': 'autoreconf' }[
      example
    ];
    if (!hasTool(needed)) skip(`no ${needed}`);
    const calls = await callsOf(example);
    const compiles = calls.filter((args) => args.includes('-c'));
    const links = calls.filter((args) => !args.includes('-c') && args.includes('-o'));
    expect(compiles.length).toBeGreaterThanOrEqual(2);
    expect(links).toHaveLength(1);
    for (const args of compiles) {
      expect(args).toContain('-ffunction-sections');
      expect(args).not.toContain('-static');
    }
    for (const flag of own) expect(compiles.some((args) => args.includes(flag))).toBe(true);
    expect(links[0]).toEqual(expect.arrayContaining(['-static', '-Wl,--gc-sections']));
    if (library !== null) expect(links[0]).toContain(library);
  });

  it('leaves nothing in the sources', () => {
    for (const example of ['c-make', 'c-cmake', 'c-meson', 'c-autotools']) {
      const names = readdirSync(join(EXAMPLES, example), { recursive: true, encoding: 'utf8' });
      expect(
        names.filter((name) => /\.o$|\.a$|configure$|CMakeCache|build\.ninja|config\.log/.test(name)),
      ).toEqual([]);
    }
  });
});

/** A Makefile as they are found: a compiler by its plain name, no flags of ours anywhere, and objects of a build before. */
describe('a Makefile that calls gcc by name', () => {
  it("gets the rung's compiler all the same, and never an old object", { timeout: TIMEOUT_MS }, async () => {
    const project = join(root, 'stubborn');
    mkdirSync(project);
    writeFileSync(
      join(project, 'Makefile'),
      'app: a.o\n\tgcc -pie -o app a.o\na.o: a.c\n\tgcc -fPIE -c a.c\n',
    );
    writeFileSync(join(project, 'a.c'), '#include <stdio.h>\nint main(void) { return puts("built") < 0; }\n');
    writeFileSync(join(project, 'a.o'), 'an object of another compiler');
    rmSync(log, { force: true });
    const built = await buildFor(project, 'static-glibc', {
      workDirectory: join(root, 'work-stubborn'),
      tools,
    });
    const link = readFileSync(log, 'utf8')
      .split('\n')
      .find((line) => line.includes('-static'));
    expect(link?.split(SEPARATOR)).not.toContain('-pie');
    expect(existsSync(join(project, 'app'))).toBe(false);
    expect(built.path.endsWith('/out/app')).toBe(true);
  });
});
