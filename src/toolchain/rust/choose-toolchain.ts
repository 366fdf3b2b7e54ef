import type { RustProject } from '../../project/project.ts';
import type { RustToolchain, Tools } from '../find/tools.ts';
import { acceptedToolchains, newerHint } from './accepted-toolchains.ts';

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

/** Of those that may compile the project, the user's own toolchain first; a standard library that is installed before one that must be built. Pure. */
export function chooseToolchain(project: RustProject, tools: Tools, wish: RustWish): RustChoice {
  const { triple, experimental } = wish;
  const accepted = acceptedToolchains(project, tools, experimental);
  const withTarget = accepted.find(({ targets }) => targets.includes(triple));
  const withSources = accepted.find(({ librarySource }) => librarySource !== null);
  const built: RustChoice | null =
    withSources === undefined || withSources.librarySource === null || !experimental
      ? null
      : { kind: 'built', toolchain: withSources, library: withSources.librarySource };
  const installed: RustChoice | null =
    withTarget === undefined ? null : { kind: 'installed', toolchain: withTarget };
  const [first, second] = wish.preferBuilt ? [built, installed] : [installed, built];
  return first ?? second ?? noToolchain(project, tools, wish);
}

function noToolchain(project: RustProject, tools: Tools, { triple, experimental }: RustWish): RustChoice {
  const all = tools.rust.toolchains;
  if (all.length === 0) {
    return none(
      'no Rust toolchain (cargo with rustc) was found in PATH or in ~/.rustup',
      'install one by rustup, or: apt-get install cargo',
    );
  }
  const accepted = acceptedToolchains(project, tools, experimental);
  if (accepted.length === 0) {
    const versions = all.map(({ rustc }) => rustc.version ?? '?').join(', ');
    const asked =
      project.wanted === null ? `rustc ${project.rustVersion}` : `Rust ${project.wanted.toolchain}`;
    return none(`${project.package} asks for ${asked}, and here is ${versions}`, newerHint(project, tools));
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
  const ofRustup = accepted.find(({ name }) => name !== 'system');
  const byRustup =
    ofRustup === undefined
      ? []
      : ofRustup.isDefault
        ? [`rustup target add ${triple}`]
        : [`rustup target add --toolchain ${ofRustup.name} ${triple}`];
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
