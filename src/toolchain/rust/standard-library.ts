import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Command } from '../../core/command.ts';
import type { PlannedFile } from '../plan.ts';
import type { RustToolchain } from '../find/tools.ts';

/**
 * A standard library compiled from its sources, once for a machine, compiler, target and variant, into a sysroot of its
 * own. Projects are then built with a plain `cargo build` and `--sysroot`: `-Zbuild-std` in the project would compile it
 * for each project, would turn RUSTC_BOOTSTRAP on for every build script (some crates switch features on when they see
 * it), and would need the project's registry to have the standard library's own dependencies as well.
 */
export interface StandardLibrary {
  readonly sysroot: string;
  readonly files: readonly PlannedFile[];
  readonly command: Command;
}

export interface StandardLibraryOptions {
  readonly toolchain: RustToolchain;
  /** `RustToolchain.librarySource`. */
  readonly library: string;
  readonly triple: string;
  /** `tiny`: optimised for size, and a panic stops the program at once without a word. */
  readonly variant: 'full' | 'tiny';
  readonly sharedDirectory: string;
  readonly cargoHome: string | null;
  readonly offline: boolean;
}

/** Flags that a program must be compiled with as well when its standard library is. */
export const TINY_FLAGS = [
  '-Zunstable-options',
  '-Cpanic=immediate-abort',
  '-Zlocation-detail=none',
] as const;

/** Pure. */
export function planStandardLibrary(options: StandardLibraryOptions): StandardLibrary {
  const { toolchain, library, triple, variant, sharedDirectory } = options;
  const files = projectFiles(variant);
  const flags = rustflags(options);
  const version = toolchain.rustc.version ?? 'unknown';
  // Two libraries in one folder would be ambiguous to rustc, so all that makes one is in the folder's name.
  const identity = JSON.stringify([toolchain.sysroot, version, library, triple, flags, Object.values(files)]);
  const key = createHash('sha256').update(identity).digest('hex').slice(0, 12);
  const directory = join(sharedDirectory, 'rust-std', `${version}-${triple}-${variant}-${key}`);
  const sysroot = join(directory, 'sysroot');
  return {
    sysroot,
    files: [
      ...Object.entries(files).map(([name, text]): PlannedFile => ({
        path: join(directory, name),
        content: { kind: 'text', text, mode: 0o644 },
      })),
      {
        path: join(sysroot, 'lib/rustlib', triple, 'lib'),
        content: { kind: 'symlink', target: join(directory, 'target', triple, 'release/deps') },
      },
    ],
    command: buildCommand(options, directory, flags),
  };
}

function buildCommand(options: StandardLibraryOptions, directory: string, flags: readonly string[]): Command {
  const { toolchain, triple, variant, library } = options;
  const crates =
    variant === 'tiny' ? 'std,panic_abort,proc_macro' : 'std,panic_abort,panic_unwind,proc_macro';
  return {
    program: toolchain.cargo.path,
    args: [
      'build',
      '--release',
      `-Zbuild-std=${crates}`,
      ...(variant === 'tiny' ? ['-Zbuild-std-features=optimize_for_size'] : []),
      ...vendorArguments(toolchain),
      ...(options.offline || toolchain.libraryVendor !== null ? ['--offline'] : []),
      '--target',
      triple,
      '--target-dir',
      join(directory, 'target'),
    ],
    cwd: directory,
    env: {
      RUSTC: toolchain.rustc.path,
      ...(toolchain.channel === 'nightly' || toolchain.channel === 'dev' ? {} : { RUSTC_BOOTSTRAP: '1' }),
      // The strongest of cargo's settings: the user's own flags are for the user's own programs.
      CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f'),
      RUSTFLAGS: undefined,
      CARGO_BUILD_TARGET: undefined,
      RUSTC_WRAPPER: undefined,
      RUSTC_WORKSPACE_WRAPPER: undefined,
    },
    purpose: `build the Rust standard library for ${triple} from ${library}`,
    once: `the Rust standard library for ${triple}`,
  };
}

/** Debian ships the crates that std needs beside its sources; elsewhere they come from the user's registry. */
function vendorArguments({ libraryVendor }: RustToolchain): readonly string[] {
  if (libraryVendor === null) return [];
  return [
    '--config',
    'source.crates-io.replace-with="rust-src-vendor"',
    '--config',
    `source.rust-src-vendor.directory=${JSON.stringify(libraryVendor)}`,
  ];
}

function rustflags({ toolchain, library, variant, cargoHome }: StandardLibraryOptions): readonly string[] {
  // cargo goes to the sources through the sysroot, to the vendored crates by the path it was given.
  const places = new Set([library, join(toolchain.sysroot, 'lib/rustlib/src/rust/library')]);
  return [
    // The project may link with LTO, which wants bitcode in the library (as the official ones have it).
    '-Cembed-bitcode=yes',
    ...(cargoHome === null ? [] : [`--remap-path-prefix=${cargoHome}=/cargo`]),
    ...[...places].map(
      (path) => `--remap-path-prefix=${path}=/rustc/${toolchain.rustc.version ?? 'unknown'}/library`,
    ),
    ...(variant === 'tiny' ? TINY_FLAGS : []),
  ];
}

/** A crate without content: cargo's build-std wants one to be for. */
function projectFiles(variant: 'full' | 'tiny'): Readonly<Record<string, string>> {
  // As in the standard library's own workspace: symbolication is for size, and panic_abort is always abort.
  const profile =
    variant === 'tiny'
      ? ['opt-level = "z"']
      : [
          '',
          '[profile.release.package]',
          'panic_abort.rustflags = ["-Cpanic=abort"]',
          ...['addr2line', 'gimli', 'miniz_oxide', 'rustc-demangle'].map((name) => `${name}.opt-level = "s"`),
        ];
  const manifest = [
    '# Written by morsel: carries the standard library that is built beside it.',
    'cargo-features = ["profile-rustflags"]',
    '',
    '[package]',
    'name = "morsel-rust-std"',
    'version = "0.0.0"',
    'edition = "2021"',
    '',
    '[lib]',
    'path = "lib.rs"',
    '',
    '[profile.release]',
    'codegen-units = 1',
    'debug = 0',
    ...profile,
    '',
    '[workspace]',
    '',
  ];
  return { 'Cargo.toml': manifest.join('\n'), 'lib.rs': '#![no_std]\n' };
}
