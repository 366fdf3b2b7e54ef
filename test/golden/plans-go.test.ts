import { describe, expect, it } from 'vitest';
import type { GoProject } from '../../src/project/index.ts';
import { planRung, type PlanOptions, type PlanOutcome, type Rung, type Tools } from '../../src/toolchain/index.ts';
import { CROSS_GCC, GCC, machine, MUSL_GCC } from './fake-tools.ts';
import { formatOutcome } from './format-plan.ts';

const PROJECT: GoProject = {
  kind: 'go',
  name: 'server',
  version: null,
  license: null,
  directory: '/src/app',
  package: './cmd/server',
  module: 'example.com/app',
  binary: 'server',
  otherPrograms: [],
  usesCgo: false,
  cgoPackages: [],
  cgoLoss: null,
  cgoReplaced: [],
  wantedGo: { minimum: null, toolchain: null },
  goFlags: [],
};

const OPTIONS: PlanOptions = {
  profile: 'default',
  experimental: false,
  workDirectory: '/cache/work/server',
  platform: { os: 'linux', architecture: 'amd64' },
  hostArchitecture: 'amd64',
};

const FULL = machine({ compilers: [GCC, MUSL_GCC], zig: true, go: true });
const SQLITE = ['github.com/mattn/go-sqlite3'];
const CGO = { usesCgo: true, cgoPackages: SQLITE, cgoLoss: { how: 'stub', packages: SQLITE } } as const;
const ARM = { platform: { os: 'linux', architecture: 'arm64' } } as const;

const plan = (rung: Rung, tools: Tools, options: Partial<PlanOptions> = {}, project: Partial<GoProject> = {}): PlanOutcome =>
  planRung({ ...PROJECT, ...project }, rung, tools, { ...OPTIONS, ...options });

describe('plans for Go', () => {
  it.each<[string, PlanOutcome]>([
    ['static-go', plan('static-go', FULL)],
    ['static-go-smallest', plan('static-go', FULL, { profile: 'smallest', offline: true })],
    ['static-go-debug', plan('static-go', FULL, { profile: 'debug' })],
    ['static-go-arm64', plan('static-go', FULL, ARM)],
    ['static-go-user-flags', plan('static-go', FULL, {}, { goFlags: ['-buildmode=pie', '-ldflags=-X main.version=1.2', '-mod=mod'] })],
    ['cgo-musl', plan('static-musl', FULL, {}, { ...CGO, goFlags: ['-tags=sqlite_json,netgo'] })],
    ['cgo-glibc', plan('static-glibc', FULL, {}, CGO)],
    ['cgo-glibc-arm64', plan('static-glibc', machine({ compilers: [CROSS_GCC], go: true }), ARM, CGO)],
    ['cgo-closure', plan('closure', FULL, {}, CGO)],
    ['closure', plan('closure', FULL)],
    ['static-go-several', plan('static-go', FULL, {}, { otherPrograms: [{ package: './cmd/ctl', binary: 'ctl' }] })],
  ])('%s', async (name, outcome) => {
    expect(outcome.kind).toBe('plan');
    await expect(formatOutcome(outcome)).toMatchFileSnapshot(`plans-go/${name}.txt`);
  });

  it.each<[string, PlanOutcome, RegExp]>([
    ['no go command', plan('static-go', machine({})), /go command was not found/],
    ['cgo left out', plan('static-go', FULL, {}, CGO), /uses cgo in github\.com\/mattn\/go-sqlite3/],
    ['a libc for pure Go', plan('static-musl', FULL), /static-go is its rung/],
    ['no musl compiler', plan('static-musl', machine({ compilers: [GCC], go: true }), {}, CGO), /needs a C compiler for static-musl/],
    ['no cross compiler', plan('closure', FULL, ARM, CGO), /cross compiler for arm64/],
  ])('%s is unavailable', (_, outcome, reason) => {
    if (outcome.kind !== 'unavailable') throw new Error('there is a plan');
    expect(outcome.reason).toMatch(reason);
  });
});
