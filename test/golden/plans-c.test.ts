import { describe, expect, it } from 'vitest';
import type { CProject } from '../../src/project/index.ts';
import { type Compiler, planRung, type PlanOptions, type PlanOutcome, type Rung, type Tools } from '../../src/toolchain/index.ts';
import { CROSS_GCC, GCC, machine, MUSL_GCC, tool } from './fake-tools.ts';
import { formatOutcome } from './format-plan.ts';

const SINGLE: CProject = {
  kind: 'c',
  name: 'hello',
  version: null,
  license: null,
  directory: '/src/hello',
  language: 'c',
  buildSystem: 'single',
  source: '/src/hello/hello.c',
  configure: null,
  choosesOptimisation: false,
  binary: null,
  otherPrograms: [],
  preferred: [],
};

const tree = (buildSystem: CProject['buildSystem'], over: Partial<CProject> = {}): CProject => ({
  ...SINGLE,
  name: 'app',
  directory: '/src/app',
  buildSystem,
  source: null,
  ...over,
});

const CPP: CProject = { ...SINGLE, language: 'c++', source: '/src/hello/hello.cpp' };
const CONFIGURE = { generated: true, stale: false, byAutoconf: true, usesLibtool: true, knowsMusl: true };

const OPTIONS: PlanOptions = {
  profile: 'default',
  experimental: false,
  workDirectory: '/cache/work/app',
  platform: { os: 'linux', architecture: 'amd64' },
  jobs: 4,
  hostArchitecture: 'amd64',
};

const GXX: Compiler = { ...GCC, path: '/usr/bin/g++' };

function withBuildTools(tools: Tools): Tools {
  const build = {
    make: tool('/usr/bin/make'),
    cmake: tool('/usr/bin/cmake'),
    meson: tool('/usr/bin/meson'),
    ninja: tool('/usr/bin/ninja'),
    autoreconf: tool('/usr/bin/autoreconf'),
    pkgConfig: tool('/usr/bin/pkg-config'),
  };
  const kernelHeaders = { linux: '/usr/include/linux', asm: '/usr/include/x86_64-linux-gnu/asm' };
  return {
    ...tools,
    c: { ...tools.c, cxxCompilers: tools.c.cCompilers.includes(GCC) ? [GXX] : [], kernelHeaders },
    build: { ...tools.build, ...build },
    searchPath: ['/usr/bin', '/bin'],
  };
}

const FULL = withBuildTools(machine({ compilers: [GCC, MUSL_GCC, CROSS_GCC], zig: true }));
const MUSL_ONLY = withBuildTools(machine({ compilers: [GCC, MUSL_GCC] }));
const ZIG_ONLY = withBuildTools(machine({ zig: true, strip: false }));
const ARM = { platform: { os: 'linux', architecture: 'arm64' } } as const;

const plan = (project: CProject, rung: Rung, tools: Tools, options: Partial<PlanOptions> = {}): PlanOutcome =>
  planRung(project, rung, tools, { ...OPTIONS, ...options });

describe('plans for C and C++', () => {
  it.each<[string, PlanOutcome]>([
    ['single-musl', plan(SINGLE, 'static-musl', FULL)],
    ['single-musl-smallest', plan(SINGLE, 'static-musl', MUSL_ONLY, { profile: 'smallest' })],
    ['single-musl-debug', plan(SINGLE, 'static-musl', MUSL_ONLY, { profile: 'debug' })],
    ['single-musl-arm64', plan(SINGLE, 'static-musl', FULL, ARM)],
    ['single-glibc', plan(SINGLE, 'static-glibc', FULL)],
    ['single-glibc-arm64', plan(SINGLE, 'static-glibc', FULL, ARM)],
    ['single-closure', plan(SINGLE, 'closure', FULL)],
    ['cpp-musl-smallest', plan(CPP, 'static-musl', FULL, { profile: 'smallest' })],
    ['cpp-glibc', plan(CPP, 'static-glibc', FULL)],
    ['make-musl', plan(tree('make'), 'static-musl', MUSL_ONLY)],
    ['make-zig', plan(tree('make'), 'static-musl', ZIG_ONLY)],
    ['make-closure', plan(tree('make', { binary: 'tool' }), 'closure', FULL)],
    ['cmake-musl', plan(tree('cmake'), 'static-musl', MUSL_ONLY)],
    ['cmake-glibc', plan(tree('cmake', { choosesOptimisation: true }), 'static-glibc', FULL)],
    ['cmake-zig-arm64', plan(tree('cmake'), 'static-musl', ZIG_ONLY, ARM)],
    ['meson-musl', plan(tree('meson'), 'static-musl', MUSL_ONLY)],
    ['meson-zig-arm64', plan(tree('meson'), 'static-musl', ZIG_ONLY, ARM)],
    ['autotools-musl', plan(tree('autotools', { configure: CONFIGURE }), 'static-musl', MUSL_ONLY)],
    [
      'autotools-glibc-generate',
      plan(tree('autotools', { configure: { ...CONFIGURE, generated: false, usesLibtool: false } }), 'static-glibc', FULL),
    ],
    [
      'autotools-handwritten',
      plan(tree('autotools', { configure: { ...CONFIGURE, byAutoconf: false } }), 'closure', FULL),
    ],
  ])('%s', async (name, outcome) => {
    expect(outcome.kind).toBe('plan');
    await expect(formatOutcome(outcome)).toMatchFileSnapshot(`plans-c/${name}.txt`);
  });

  it.each<[string, PlanOutcome, RegExp]>([
    ['no compiler at all', plan(SINGLE, 'closure', withBuildTools(machine({}))), /no C compiler for amd64/],
    ['no musl', plan(SINGLE, 'static-musl', withBuildTools(machine({ compilers: [GCC] }))), /no C compiler for musl/],
    ['C++ with musl-gcc only', plan(CPP, 'static-musl', MUSL_ONLY), /no C\+\+ compiler for musl on amd64/],
    ['no cmake', plan(tree('cmake'), 'closure', machine({ compilers: [GCC] })), /cmake is not installed/],
    ['Go\'s rung', plan(SINGLE, 'static-go', FULL), /static-go is for Go/],
  ])('%s is unavailable', (_, outcome, reason) => {
    if (outcome.kind !== 'unavailable') throw new Error('there is a plan');
    expect(outcome.reason).toMatch(reason);
  });

  it('never asks musl-gcc for a static-pie, and always tells it that there is no dynamic linker', () => {
    const outcome = plan(SINGLE, 'static-musl', MUSL_ONLY);
    if (outcome.kind !== 'plan') throw new Error(outcome.reason);
    const args = outcome.plan.commands.flatMap((command) => command.args);
    expect(args).toContain('-Wl,--no-dynamic-linker');
    expect(args).not.toContain('-static-pie');
  });

  it('gives each fallback a folder of its own', () => {
    const outcome = plan(SINGLE, 'static-musl', FULL);
    if (outcome.kind !== 'plan') throw new Error(outcome.reason);
    expect(outcome.plan.toolchain).toMatch(/^musl-gcc/);
    expect(outcome.plan.fallback?.toolchain).toMatch(/^zig cc/);
    expect(outcome.plan.fallback?.workDirectory).toBe('/cache/work/app-2');
  });
});
