import { describe, expect, it } from 'vitest';
import type { RustProject } from '../../src/project/index.ts';
import { planRung, type PlanOptions, type PlanOutcome, type Rung, type Tools } from '../../src/toolchain/index.ts';
import { CROSS_GCC, DEBIAN_RUST, GCC, machine, MUSL_GCC, RUSTUP } from './fake-tools.ts';
import { formatOutcome } from './format-plan.ts';

const PROJECT: RustProject = {
  kind: 'rust',
  name: 'app',
  version: '1.0.0',
  license: 'MIT',
  directory: '/src/app',
  package: 'app',
  packageDirectory: '/src/app',
  binary: 'app',
  otherPrograms: [],
  features: [],
  workspaceRoot: '/src/app',
  rustVersion: null,
  wanted: null,
  hasLockFile: true,
  systemCrates: [],
  profile: { lto: false, panicAbort: false },
  settings: {
    targetDirectory: '/src/app/target',
    cargoHome: '/home/u/.cargo',
    environmentRustflags: null,
    buildRustflags: [],
    compilerVariables: [],
  },
};

const OPTIONS: PlanOptions = {
  profile: 'default',
  experimental: false,
  workDirectory: '/cache/work/app',
  sharedDirectory: '/cache/shared',
  platform: { os: 'linux', architecture: 'amd64' },
  hostArchitecture: 'amd64',
};

const WITH_TARGET = { ...RUSTUP, targets: [...RUSTUP.targets, 'x86_64-unknown-linux-musl'] };
const FULL = machine({ compilers: [GCC, MUSL_GCC], zig: true, toolchains: [RUSTUP, DEBIAN_RUST], unwinder: true });

const plan = (rung: Rung, tools: Tools, options: Partial<PlanOptions> = {}, project: Partial<RustProject> = {}): PlanOutcome =>
  planRung({ ...PROJECT, ...project }, rung, tools, { ...OPTIONS, ...options });

const golden = async (name: string, outcome: PlanOutcome): Promise<void> => {
  await expect(formatOutcome(outcome)).toMatchFileSnapshot(`plans-rust/${name}.txt`);
};

const WITH_C = { systemCrates: ['libsqlite3-sys'] };
const ARM = { platform: { os: 'linux', architecture: 'arm64' } } as const;

describe('plans for Rust', () => {
  it.each<[string, PlanOutcome]>([
    ['musl-built-std', plan('static-musl', FULL, { experimental: true })],
    ['musl-built-std-smallest', plan('static-musl', FULL, { experimental: true, profile: 'smallest' })],
    ['musl-built-std-c-code', plan('static-musl', FULL, { experimental: true }, WITH_C)],
    ['musl-installed', plan('static-musl', machine({ compilers: [GCC, MUSL_GCC], toolchains: [WITH_TARGET] }), {}, WITH_C)],
    ['musl-arm64', plan('static-musl', FULL, { experimental: true, ...ARM })],
    ['glibc', plan('static-glibc', FULL, {}, WITH_C)],
    ['glibc-smallest', plan('static-glibc', FULL, { profile: 'smallest' })],
    ['glibc-arm64', plan('static-glibc', machine({ compilers: [GCC, CROSS_GCC], toolchains: [DEBIAN_RUST] }), { experimental: true, ...ARM })],
    ['closure', plan('closure', FULL)],
    ['closure-several', plan('closure', FULL, {}, { features: ['cli'], otherPrograms: [{ package: 'ctl', binary: 'appctl', features: ['tls'] }] })],
    ['closure-debug', plan('closure', FULL, { profile: 'debug' })],
    ['closure-no-strip', plan('closure', machine({ toolchains: [RUSTUP], strip: false }))],
  ])('%s', async (name, outcome) => {
    expect(outcome.kind).toBe('plan');
    await golden(name, outcome);
  });

  it('keeps RUSTFLAGS of the environment, in place of which cargo would forget ours', async () => {
    const settings = { ...PROJECT.settings, environmentRustflags: ['-Ctarget-cpu=native'], targetDirectory: '/fast/target' };
    const member = { packageDirectory: '/src/app/cli', features: ['cli'], hasLockFile: false, settings };
    await golden('closure-user-settings', plan('closure', FULL, { offline: true }, member));
  });

  it.each<[string, PlanOutcome, RegExp, RegExp]>([
    ['no cargo', plan('closure', machine({})), /no Rust toolchain/, /rustup/],
    ['no musl target', plan('static-musl', machine({ toolchains: [RUSTUP] })), /x86_64-unknown-linux-musl is not installed/, /rustup target add/],
    ['sources, but no consent', plan('static-musl', FULL), /is not installed/, /--toolchain-experimental.*RUSTC_BOOTSTRAP=1/],
    ['no linker', plan('static-musl', machine({ toolchains: [DEBIAN_RUST] }), { experimental: true }), /nothing here links/, /ziglang/],
    [
      'musl-gcc without an unwinder',
      plan('static-musl', machine({ compilers: [MUSL_GCC], toolchains: [DEBIAN_RUST] }), { experimental: true }),
      /nothing here links/,
      /libunwind-19-dev/,
    ],
    ['an old compiler', plan('closure', FULL, {}, { rustVersion: '1.97' }), /asks for rustc 1\.97/, /rustup update/],
    ['another architecture', plan('closure', FULL, { platform: { os: 'linux', architecture: 'vax' } }), /vax/, /.*/],
  ])('%s is unavailable, and says what to do', (_, outcome, reason, hint) => {
    if (outcome.kind !== 'unavailable') throw new Error('there is a plan');
    expect(outcome.reason).toMatch(reason);
    expect(outcome.hint ?? '').toMatch(hint);
  });

  it('takes the compiler that the project accepts', () => {
    const outcome = plan('closure', FULL, {}, { rustVersion: '1.96' });
    expect(outcome).toMatchObject({ plan: { toolchain: expect.stringContaining('rustc 1.96.0') } });
  });

  it("keeps the user's own C compiler for the target", () => {
    const settings = { ...PROJECT.settings, compilerVariables: ['CC_x86_64_unknown_linux_musl'] };
    const outcome = plan('static-musl', FULL, { experimental: true }, { ...WITH_C, settings });
    if (outcome.kind !== 'plan') throw new Error(outcome.reason);
    const env = outcome.plan.commands.at(-1)?.env ?? {};
    expect(Object.keys(env)).not.toContain('CC_x86_64_unknown_linux_musl');
    expect(Object.keys(env)).toContain('AR_x86_64_unknown_linux_musl');
  });
});
