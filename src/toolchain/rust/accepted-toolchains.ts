import { basename } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import type { RustProject } from '../../project/project.ts';
import type { RustToolchain, Tools } from '../find/tools.ts';

/**
 * The toolchains that may compile a project, the best first: those that its rust-toolchain file names, if there is one,
 * and new enough for its `rust-version`. Of the others, the user's own default and stable ones; a nightly (or another
 * that is not stable) only with consent, and after the stable ones. Pure.
 */
export function acceptedToolchains(
  project: RustProject,
  tools: Tools,
  experimental: boolean,
): readonly RustToolchain[] {
  const all = tools.rust.toolchains.filter(({ rustc }) => isAtLeast(rustc.version, project.rustVersion));
  const { wanted } = project;
  if (wanted !== null) return all.filter((toolchain) => isWanted(toolchain, wanted));
  const isUsers = ({ isDefault, channel }: RustToolchain): boolean => isDefault || channel === 'stable';
  return [...all.filter(isUsers), ...(experimental ? all.filter((one) => !isUsers(one)) : [])];
}

type Wanted = NonNullable<RustProject['wanted']>;

/**
 * As rustup looks for it: a channel by the name of its folder. A version counts by the version of the compiler, so that
 * Debian's own serves where it is that one; `1.70` is any 1.70.x.
 */
function isWanted({ name, sysroot, channel, rustc }: RustToolchain, { kind, toolchain }: Wanted): boolean {
  if (kind === 'path') return sysroot === toolchain;
  if (name === toolchain || isNamed(name, toolchain)) return true;
  if (channel !== 'stable') return false;
  if (toolchain === 'stable') return name === 'system';
  const version = /^(\d+\.\d+(?:\.\d+)?)(?:-[a-z0-9_]+-[a-z0-9_-]+)?$/.exec(toolchain)?.[1];
  return (
    version !== undefined && (rustc.version === version || rustc.version?.startsWith(`${version}.`) === true)
  );
}

/** `stable-x86_64-unknown-linux-gnu` is stable; `nightly-2024-01-01-x86_64-…` is not nightly. */
function isNamed(folder: string, channel: string): boolean {
  return folder.startsWith(`${channel}-`) && /^[a-z]/.test(folder.slice(channel.length + 1));
}

/** Error: TOOLCHAIN_MISSING where none of the compilers here may or can compile the project. */
export function requireToolchain(project: RustProject, tools: Tools, experimental: boolean): void {
  const all = tools.rust.toolchains;
  // Without any, the rungs say what to install.
  if (all.length === 0 || acceptedToolchains(project, tools, experimental).length > 0) return;
  const { wanted, rustVersion } = project;
  const here = all.map(({ rustc }) => rustc.version ?? '?').join(', ');
  if (wanted !== null && !all.some((toolchain) => isWanted(toolchain, wanted))) {
    const by = wanted.by.startsWith('/') ? basename(wanted.by) : wanted.by;
    throw missing(
      `${by} asks for Rust ${wanted.toolchain}, and here is ${here}`,
      wanted.kind === 'path'
        ? `look whether that folder holds a toolchain, as ${wanted.by} says`
        : `rustup toolchain install ${wanted.toolchain}`,
    );
  }
  const asked = `${project.package} asks for rustc ${rustVersion ?? ''}`;
  if (wanted !== null)
    throw missing(
      `${asked}, and its ${basename(wanted.by)} for Rust ${wanted.toolchain}, which is older`,
      `name a newer one in ${wanted.by}`,
    );
  throw missing(`${asked}, and here is ${here}`, newerHint(project, tools));
}

/** A nightly that would do is offered, never taken. */
export function newerHint(project: RustProject, tools: Tools): string {
  const unstable = acceptedToolchains(project, tools, true).find(({ channel }) => channel !== 'stable');
  const install = 'install a newer one: rustup update stable';
  return unstable === undefined
    ? install
    : `${install}; or allow the ${unstable.channel} ${unstable.rustc.version} that is here: --toolchain-experimental`;
}

function missing(message: string, hint: string): MorselError {
  return new MorselError('TOOLCHAIN_MISSING', message, { hint });
}

/** `1.85` accepts 1.96.0; an unknown version is accepted: cargo has the last word. */
export function isAtLeast(version: string | null, minimum: string | null): boolean {
  if (version === null || minimum === null) return true;
  const numbers = (text: string): readonly number[] =>
    (/^[\d.]+/.exec(text)?.[0] ?? '').split('.').map(Number);
  const [have, want] = [numbers(version), numbers(minimum)];
  for (let index = 0; index < 3; index++) {
    const difference = (have[index] ?? 0) - (want[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
