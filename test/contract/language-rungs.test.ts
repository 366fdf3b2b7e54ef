import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openByteSource } from '../../src/core/byte-source.ts';
import { defaultCacheDirectory } from '../../src/core/cache-directory.ts';
import { type ElfFacts, readElf } from '../../src/elf/index.ts';
import { detectProject, type SourceProject } from '../../src/project/index.ts';
import {
  checkArtifact,
  type CompilePlan,
  completeProject,
  findTools,
  planRung,
  type PlanOptions,
  type Rung,
  runCompilePlan,
  type Tools,
} from '../../src/toolchain/index.ts';
import { hasPythonModule, hasTool, requireInCi } from '../reference-tools.ts';

/**
 * The Rust and Go examples compiled for real, for each rung, read back and run with an empty environment. A Rust
 * standard library for musl takes a minute or two the first time: it is that of the user's cache, which the CLI uses too.
 */
const ROOT = join(import.meta.dirname, '../..');
const CACHE = join(ROOT, '.work/test-cache');
const SHARED = join(defaultCacheDirectory(), 'shared');
const LIMIT_MS = 20 * 60 * 1000;
const work = mkdtempSync(join(tmpdir(), 'morsel-rungs-'));

const isAmd64 = process.arch === 'x64';
const hasGo = hasTool('go');
const hasCargo = hasTool('cargo');
const hasMuslGcc = hasTool('musl-gcc');
const hasZig = hasPythonModule('ziglang');

let tools: Tools;
beforeAll(async () => {
  tools = await findTools();
});
afterAll(() => {
  spawnSync('chmod', ['-R', 'u+w', work]);
  rmSync(work, { recursive: true, force: true });
});

interface Built {
  readonly path: string;
  readonly sizeBytes: number;
  readonly facts: ElfFacts;
  readonly plan: CompilePlan;
}

interface BuildChoice {
  readonly rung: Rung;
  readonly options?: Partial<PlanOptions>;
  /** Which plan of the chain; the first by default. */
  readonly choose?: (plan: CompilePlan) => boolean;
}

const isSource = (path: string): boolean => !/\/target(\/|$)/.test(path);

/** A copy of an example in a folder of its own: the test must not write into the sources, nor depend on their place. */
function copyExample(name: string, place = 'a'): string {
  const to = join(work, place, name);
  cpSync(join(ROOT, 'examples', name), to, {
    recursive: true,
    filter: isSource,
  });
  return to;
}

async function build(directory: string, { rung, options = {}, choose }: BuildChoice): Promise<Built> {
  const detected = (await detectProject(directory)) as SourceProject;
  const project = await completeProject(detected, tools, { architecture: 'amd64' });
  const profile = options.profile ?? 'default';
  const outcome = planRung(project, rung, tools, {
    profile,
    experimental: true,
    workDirectory: join(directory, '../work', project.name, `${rung}-${profile}`),
    sharedDirectory: SHARED,
    platform: { os: 'linux', architecture: 'amd64' },
    ...options,
  });
  if (outcome.kind === 'unavailable') throw new Error(`${outcome.reason} (${outcome.hint})`);
  let plan: CompilePlan | null = outcome.plan;
  while (plan !== null && choose !== undefined && !choose(plan)) plan = plan.fallback;
  if (plan === null) throw new Error('no such plan');
  const built = await runCompilePlan({ ...plan, fallback: null });
  const [{ path }] = built.programs;
  const source = openByteSource(path);
  try {
    const facts = readElf(source);
    expect(checkArtifact(facts, rung)).toEqual({ kind: 'accepted' });
    return { path, sizeBytes: statSync(path).size, facts, plan: built.plan };
  } finally {
    source.close();
  }
}

const run = (built: Built, args: readonly string[] = [], input = ''): string =>
  execFileSync(built.path, args, { env: {}, input, encoding: 'utf8', cwd: '/' });

const digestOf = (built: Built): string =>
  createHash('sha256').update(readFileSync(built.path)).digest('hex');

const HELLO = 'Hello World\n';
const QUERY = /^scratch: 0\nalpine: 7470000\nsqlite 3\.\d+/;

describe.skipIf(!hasCargo || !isAmd64)('Rust', () => {
  const sources = (): boolean =>
    requireInCi(
      'the sources of the Rust standard library (rust-web-src)',
      tools.rust.toolchains.some(({ librarySource }) => librarySource !== null),
    );

  it('rust-hello: each rung is what it says, within its size', { timeout: LIMIT_MS }, async ({ skip }) => {
    const directory = copyExample('rust-hello');
    const glibc = await build(directory, { rung: 'static-glibc' });
    expect(run(glibc)).toBe(HELLO);
    expect(glibc.facts).toMatchObject({ link: 'static-pie', libc: 'glibc' });
    expect(glibc.sizeBytes).toBeLessThanOrEqual(1_230_000);
    const closure = await build(directory, { rung: 'closure' });
    expect(run(closure)).toBe(HELLO);
    expect(closure.facts.link).toBe('dynamic');
    if (!sources() || !hasZig) skip('no sources of the standard library, or no zig');
    const musl = await build(directory, {
      rung: 'static-musl',
      choose: ({ toolchain }) => toolchain.includes('zig'),
    });
    expect(run(musl)).toBe(HELLO);
    expect(musl.facts.libc).toBe('musl');
    expect(musl.sizeBytes).toBeLessThanOrEqual(420_000);
  });

  it('rust-hello: musl-gcc links it where zig is not', { timeout: LIMIT_MS }, async ({ skip }) => {
    if (!sources() || !hasMuslGcc || tools.rust.unwinder === null) skip('no musl-gcc or unwinder');
    const choose = ({ toolchain }: CompilePlan): boolean => toolchain.includes('musl-gcc');
    const built = await build(copyExample('rust-hello', 'musl-gcc'), { rung: 'static-musl', choose });
    expect(run(built)).toBe(HELLO);
    expect(built.sizeBytes).toBeLessThanOrEqual(420_000);
  });

  it('rust-hello: smallest, and what it traded', { timeout: LIMIT_MS }, async ({ skip }) => {
    const directory = copyExample('rust-hello');
    const glibc = await build(directory, { rung: 'static-glibc', options: { profile: 'smallest' } });
    expect(run(glibc)).toBe(HELLO);
    expect(glibc.sizeBytes).toBeLessThanOrEqual(1_090_000);
    expect(glibc.plan.trades.join('\n')).toContain('catch_unwind');
    if (!sources() || !hasZig) skip('no sources of the standard library, or no zig');
    const musl = await build(directory, { rung: 'static-musl', options: { profile: 'smallest' } });
    expect(run(musl)).toBe(HELLO);
    expect(musl.sizeBytes).toBeLessThanOrEqual(30_000);
    expect(musl.plan.trades.join('\n')).toContain('immediate-abort');
  });

  it('rust-slice: reads stdin and a file', { timeout: LIMIT_MS }, async ({ skip }) => {
    if (!sources()) skip('no sources of the standard library');
    const built = await build(copyExample('rust-slice'), { rung: 'static-musl' });
    expect(run(built, ['-2:'], 'a\nb\nc\n')).toBe('b\nc\n');
    expect(run(built, ['::-2', join(ROOT, 'examples/rust-hello/src/main.rs')])).toBe('}\nfn main() {\n');
  });

  it("rust-sys: SQLite is compiled by the rung's own C compiler", { timeout: LIMIT_MS }, async ({ skip }) => {
    // Always the same folder, so that SQLite is compiled in the first run only; and not optimised: a CPU minute for each
    // compiler otherwise, and nothing here is about its speed.
    const directory = join(CACHE, 'rust-sys');
    cpSync(join(ROOT, 'examples/rust-sys'), directory, { recursive: true, filter: isSource });
    appendFileSync(join(directory, 'Cargo.toml'), '\n[profile.release.package."*"]\nopt-level = 0\n');
    const glibc = await build(directory, { rung: 'static-glibc' });
    expect(run(glibc)).toMatch(QUERY);
    if (!sources()) skip('no sources of the standard library');
    const musl = await build(directory, { rung: 'static-musl' });
    expect(run(musl)).toMatch(QUERY);
    expect(musl.facts.libc).toBe('musl');
    expect(readFileSync(musl.path).includes('GLIBC_TUNABLES')).toBe(false);
  });

  it('the same source in another folder gives the same bytes', { timeout: LIMIT_MS }, async ({ skip }) => {
    if (!sources()) skip('no sources of the standard library');
    for (const choice of [{ rung: 'static-musl' }, { rung: 'static-glibc' }, { rung: 'closure' }] as const) {
      const here = await build(copyExample('rust-slice', 'a'), choice);
      const there = await build(copyExample('rust-slice', 'another folder/b'), choice);
      expect(digestOf(there), choice.rung).toBe(digestOf(here));
    }
  });
});

describe.skipIf(!hasGo || !isAmd64)('Go', () => {
  it('go-hello: no larger than -trimpath -ldflags "-s -w"', { timeout: LIMIT_MS }, async () => {
    const directory = copyExample('go-hello');
    const plain = join(work, 'plain-go-hello');
    execFileSync('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', plain, '.'], { cwd: directory });
    for (const profile of ['default', 'smallest'] as const) {
      const built = await build(directory, { rung: 'static-go', options: { profile } });
      expect(run(built)).toBe(HELLO);
      expect(built.facts).toMatchObject({ link: 'static', libc: 'go' });
      expect(built.sizeBytes).toBeLessThanOrEqual(statSync(plain).size);
    }
  });

  it('a PIE that GOFLAGS asks for does not slip through', { timeout: LIMIT_MS }, async () => {
    const directory = copyExample('go-hello', 'pie');
    const before = process.env['GOFLAGS'];
    process.env['GOFLAGS'] = '-buildmode=pie';
    try {
      const built = await build(directory, { rung: 'static-go' });
      expect(built.facts).toMatchObject({ interpreter: null, link: 'static' });
    } finally {
      if (before === undefined) delete process.env['GOFLAGS'];
      else process.env['GOFLAGS'] = before;
    }
  });

  it('go-cgo: both C libraries, statically, and the dynamic one', { timeout: LIMIT_MS }, async () => {
    const directory = copyExample('go-cgo');
    const expected = /^27 takes 111 steps, counted in C \(12 letters\)\n/;
    for (const rung of [
      'static-glibc',
      'closure',
      ...(hasMuslGcc ? (['static-musl'] as const) : []),
    ] as const) {
      const built = await build(directory, { rung });
      expect(run(built)).toMatch(expected);
      expect(built.facts.libc).toBe(rung === 'static-musl' ? 'musl' : 'glibc');
    }
    await expect(build(directory, { rung: 'static-go' })).rejects.toThrow('uses cgo in example.com/go-cgo');
  });

  it('asks go for C code that the files of the module do not show', { timeout: LIMIT_MS }, async () => {
    const place = join(work, 'workspace');
    const files = {
      'go.work': 'go 1.19\n\nuse (\n\t./app\n\t./dep\n)\n',
      'app/go.mod': 'module example.com/app\n\ngo 1.19\n',
      'app/main.go': 'package main\n\nimport "example.com/dep"\n\nfunc main() { println(dep.Two()) }\n',
      'dep/go.mod': 'module example.com/dep\n\ngo 1.19\n',
      'dep/dep.go':
        'package dep\n\n// static int two(void) { return 2; }\nimport "C"\n\nfunc Two() int { return int(C.two()) }\n',
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(place, path)), { recursive: true });
      writeFileSync(join(place, path), text);
    }
    const detected = await detectProject(join(place, 'app'));
    expect(detected).toMatchObject({ kind: 'go', usesCgo: false });
    const completed = await completeProject(detected as SourceProject, tools, { architecture: 'amd64' });
    expect(completed).toMatchObject({ usesCgo: true, cgoPackages: ['example.com/dep'] });
  });

  it(
    'leaves cgo out where nothing is lost, and not where a stub takes its place',
    { timeout: LIMIT_MS },
    async () => {
      const cgo =
        'package lib\n\n// static int two(void) { return 2; }\nimport "C"\n\nfunc Two() (int, error) { return int(C.two()), nil }\n';
      const instead = {
        variant: 'func Two() (int, error) {\n\tone := 1\n\treturn one + one, nil\n}\n',
        stub: 'import "errors"\n\nfunc Two() (int, error) { return 0, errors.New("lib: built without C") }\n',
      };
      const place = (name: string): string => join(work, 'without-cgo', name);
      for (const [name, text] of Object.entries(instead)) {
        const files = {
          'go.mod': 'module example.com/app\n\ngo 1.19\n',
          'main.go':
            'package main\n\nimport "example.com/app/lib"\n\nfunc main() {\n\ttwo, err := lib.Two()\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tprint(two)\n}\n',
          'lib/cgo.go': cgo,
          'lib/pure.go': `//go:build !cgo\n\npackage lib\n\n${text}`,
        };
        for (const [path, content] of Object.entries(files)) {
          mkdirSync(dirname(join(place(name), path)), { recursive: true });
          writeFileSync(join(place(name), path), content);
        }
      }
      const built = await build(place('variant'), { rung: 'static-go' });
      expect(built.facts).toMatchObject({ link: 'static', libc: 'go' });
      expect(spawnSync(built.path, { encoding: 'utf8' }).stderr).toBe('2');
      expect(built.plan.trades).toEqual([
        'CGO_ENABLED=0: Go code takes the place of C in example.com/app/lib',
      ]);
      await expect(build(place('stub'), { rung: 'static-go' })).rejects.toThrow(
        'it uses cgo in example.com/app/lib: CGO_ENABLED=0 would put a stub in its place that only fails',
      );
      // As the user's own go build would have it: it ends with an error.
      expect(
        spawnSync('go', ['run', '.'], { cwd: place('stub'), env: { ...process.env, CGO_ENABLED: '0' } })
          .status,
      ).toBe(1);
    },
  );

  it('the same source in another folder gives the same bytes', { timeout: LIMIT_MS }, async () => {
    for (const [name, rung] of [
      ['go-hello', 'static-go'],
      ['go-cgo', 'static-glibc'],
    ] as const) {
      const here = await build(copyExample(name, 'a'), { rung });
      const there = await build(copyExample(name, 'another folder/b'), { rung });
      expect(digestOf(there), name).toBe(digestOf(here));
    }
  });

  it('arm64 is compiled here and runs under qemu', { timeout: LIMIT_MS }, async () => {
    const options = { platform: { os: 'linux', architecture: 'arm64' } } as const;
    const built = await build(copyExample('go-hello', 'arm64'), { rung: 'static-go', options });
    expect(built.facts.machine).toBe('aarch64');
    if (hasTool('qemu-aarch64-static')) {
      expect(execFileSync('qemu-aarch64-static', [built.path], { encoding: 'utf8' })).toBe(HELLO);
    }
  });
});
