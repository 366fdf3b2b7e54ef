import { describe, expect, it } from 'vitest';
import { MorselError } from '../../core/errors.ts';
import type { RustProject } from '../../project/project.ts';
import { NO_TOOLS, type RustToolchain, type Tools } from '../find/tools.ts';
import { acceptedToolchains, requireToolchain } from './accepted-toolchains.ts';

/** `1.95.0`, `1.97.0-nightly`, of rustup's folder `name`. */
function toolchain(name: string, version: string, isDefault = false): RustToolchain {
  const tool = { path: `/rust/${name}/bin/x`, argvPrefix: [], version };
  const channel = version.includes('nightly') ? 'nightly' : version.includes('beta') ? 'beta' : 'stable';
  const rest = { targets: [], librarySource: null, libraryVendor: null };
  return { name, cargo: tool, rustc: tool, channel, sysroot: `/rust/${name}`, isDefault, ...rest };
}

const GNU = 'x86_64-unknown-linux-gnu';
const STABLE = toolchain(`stable-${GNU}`, '1.95.0', true);
const OLD = toolchain(`1.70-${GNU}`, '1.70.0');
const NUMBERED = toolchain(`1.95.0-${GNU}`, '1.95.0');
const NIGHTLY = toolchain(`nightly-${GNU}`, '1.97.0-nightly');
const DATED = toolchain(`nightly-2024-01-01-${GNU}`, '1.77.0-nightly');
const DEBIAN = toolchain('system', '1.96.0');

const machine = (...toolchains: readonly RustToolchain[]): Tools => ({
  ...NO_TOOLS,
  rust: { toolchains, unwinder: null },
});

function project(rustVersion: string | null, wanted: string | null): RustProject {
  const said =
    wanted === null ? null : { toolchain: wanted, kind: 'channel', by: '/src/rust-toolchain.toml' };
  return { package: 'app', rustVersion, wanted: said } as RustProject;
}

const namesOf = (own: RustProject, tools: Tools, experimental = false): readonly string[] =>
  acceptedToolchains(own, tools, experimental).map(({ name }) => name.replace(`-${GNU}`, ''));

function failure(work: () => void): MorselError {
  try {
    work();
  } catch (error) {
    if (error instanceof MorselError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('acceptedToolchains', () => {
  it('takes a nightly with consent alone, and after every stable one that fits', () => {
    const all = machine(STABLE, NIGHTLY, DEBIAN);
    expect(namesOf(project(null, null), all)).toEqual(['stable', 'system']);
    expect(namesOf(project('1.96', null), all)).toEqual(['system']);
    expect(namesOf(project('1.96', null), all, true)).toEqual(['system', 'nightly']);
    expect(namesOf(project('1.97', null), all)).toEqual([]);
    expect(namesOf(project('1.97', null), all, true)).toEqual(['nightly']);
  });

  it("takes a nightly that is the user's own default", () => {
    const all = machine({ ...NIGHTLY, isDefault: true }, STABLE);
    expect(namesOf(project(null, null), all)).toEqual(['nightly', 'stable']);
  });

  it.each([
    ['1.70', ['1.70']],
    ['1.70.0', ['1.70']],
    ['1.7', []],
    ['1.95', ['stable', '1.95.0']],
    [`1.95.0-${GNU}`, ['stable', '1.95.0']],
    ['1.96.0', ['system']],
    ['stable', ['stable', 'system']],
    ['nightly', ['nightly']],
    ['nightly-2024-01-01', ['nightly-2024-01-01']],
    ['beta', []],
    ['mine', []],
  ])('takes what a rust-toolchain file names: %s', (wanted, expected) => {
    expect(namesOf(project(null, wanted), machine(STABLE, OLD, NUMBERED, NIGHTLY, DATED, DEBIAN))).toEqual(
      expected,
    );
  });

  it('takes a toolchain by its path', () => {
    const own = {
      ...project(null, null),
      wanted: { toolchain: '/rust/system', kind: 'path', by: '/x' },
    } as const;
    expect(namesOf(own, machine(STABLE, DEBIAN))).toEqual(['system']);
  });
});

describe('requireToolchain', () => {
  it('names the command that installs what a file wants', () => {
    const error = failure(() => requireToolchain(project(null, '1.70'), machine(STABLE, NIGHTLY), true));
    expect(error.code).toBe('TOOLCHAIN_MISSING');
    expect(error.message).toBe('rust-toolchain.toml asks for Rust 1.70, and here is 1.95.0, 1.97.0-nightly');
    expect(error.hint).toBe('rustup toolchain install 1.70');
  });

  it('says that none is new enough, and offers a nightly that is', () => {
    const all = machine(STABLE, NIGHTLY);
    const error = failure(() => requireToolchain(project('1.96', null), all, false));
    expect(error.message).toBe('app asks for rustc 1.96, and here is 1.95.0, 1.97.0-nightly');
    expect(error.hint).toContain('rustup update stable; or allow the nightly 1.97.0-nightly');
    expect(() => requireToolchain(project('1.96', null), all, true)).not.toThrow();
    const old = failure(() => requireToolchain(project('1.96', null), machine(STABLE), false));
    expect(old.hint).toBe('install a newer one: rustup update stable');
    const both = failure(() => requireToolchain(project('1.80', '1.70'), machine(STABLE, OLD), false));
    expect(both.message).toContain('for Rust 1.70, which is older');
  });

  it('leaves a machine without Rust to the rungs', () => {
    expect(() => requireToolchain(project('1.96', '1.70'), machine(), false)).not.toThrow();
  });
});
