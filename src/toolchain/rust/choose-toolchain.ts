import type { RustProject } from '../../project/project.ts';
import type { RustToolchain, Tools } from '../find/tools.ts';

/** A compiler for a target, and where the target's standard library comes from. */
export type RustChoice =
  | { readonly kind: 'installed'; readonly toolchain: RustToolchain }
  | { readonly kind: 'built'; readonly toolchain: RustToolchain; readonly library: string }
  | { readonly kind: 'none'; readonly reason: string; readonly hint: string };

export interface RustWish {
  readonly triple: string;
  readonly experimental: boolean;
  /** A standard library of its own is wanted even where one is installed (`smallest` with consent). */
  readonly preferBuilt: boolean;
}

/** The user's own toolchain first; a standard library that is installed before one that must be built. Pure. */
export function chooseToolchain(project: RustProject, tools: Tools, wish: RustWish): RustChoice {
  const { triple, experimental } = wish;
  const all = tools.rust.toolchains;
  const accepted = all.filter(({ rustc }) => isAtLeast(rustc.version, project.rustVersion));
  const withTarget = accepted.find(({ targets }) => targets.includes(triple));
  const withSources = accepted.find(({ librarySource }) => librarySource !== null);
  const built: RustChoice | null =
    withSources === undefined || withSources.librarySource === null || !experimental
      ? null
      : { kind: 'built', toolchain: withSources, library: withSources.librarySource };
  const installed: RustChoice | null =
    withTarget === undefined ? null : { kind: 'installed', toolchain: withTarget };
  const [first, second] = wish.preferBuilt ? [built, installed] : [installed, built];
  return first ?? second ?? noToolchain(project, tools, triple);
}

function noToolchain(project: RustProject, tools: Tools, triple: string): RustChoice {
  const all = tools.rust.toolchains;
  if (all.length === 0) {
    return none(
      'no Rust toolchain (cargo with rustc) was found in PATH or in ~/.rustup',
      'install one by rustup, or: apt-get install cargo',
    );
  }
  const accepted = all.filter(({ rustc }) => isAtLeast(rustc.version, project.rustVersion));
  if (accepted.length === 0) {
    const versions = all.map(({ rustc }) => rustc.version ?? '?').join(', ');
    return none(
      `${project.package} asks for rustc ${project.rustVersion}, and here is ${versions}`,
      'install a newer one: rustup update stable',
    );
  }
  return none(
    `the Rust standard library for ${triple} is not installed`,
    missingTargetHint(accepted, all, triple),
  );
}

/** What brings a standard library: rustup's own first, then building one, which takes the user's consent. */
function missingTargetHint(
  accepted: readonly RustToolchain[],
  all: readonly RustToolchain[],
  triple: string,
): string {
  const byRustup = accepted.some(({ name }) => name !== 'system') ? [`rustup target add ${triple}`] : [];
  const source = accepted.find(({ librarySource }) => librarySource !== null);
  if (source !== undefined) {
    const means = source.channel === 'stable' ? 'uses RUSTC_BOOTSTRAP=1' : 'uses -Zbuild-std';
    const from = `from ${source.librarySource} (rustc ${source.rustc.version})`;
    const text = `one can be built ${from}: pass --toolchain-experimental, or "experimental": true in morsel.json; it ${means}`;
    return [...byRustup, text].join('; or ');
  }
  const tooOld = all.find(({ librarySource }) => librarySource !== null);
  if (tooOld !== undefined) {
    return [
      ...byRustup,
      `install a newer Rust with its sources: the one that is here, ${tooOld.rustc.version}, is too old for this project`,
    ].join('; ');
  }
  const sources =
    'on Debian: apt-get install rustc-web cargo-web rust-web-src, then --toolchain-experimental';
  return [...byRustup, sources].join('; or ');
}

function none(reason: string, hint: string): RustChoice {
  return { kind: 'none', reason, hint };
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
