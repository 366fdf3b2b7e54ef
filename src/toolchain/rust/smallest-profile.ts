import type { Rung } from '../../core/choices.ts';
import type { RustProject } from '../../project/project.ts';

export interface SmallestProfile {
  readonly env: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
  /** One sentence for each thing that is given up. */
  readonly trades: readonly string[];
}

/**
 * Cargo's release profile for size. The environment wins over Cargo.toml. `-Zfmt-debug=none` is left alone: it makes
 * `{:?}` print nothing, which changes results silently, and saves nothing where `{:?}` is not used.
 */
export function smallestProfile(project: RustProject, rung: Rung, isTiny: boolean): SmallestProfile {
  const isStaticGlibc = rung === 'static-glibc';
  return {
    env: {
      CARGO_PROFILE_RELEASE_OPT_LEVEL: 'z',
      CARGO_PROFILE_RELEASE_LTO: 'fat',
      CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '1',
      // The tiny library's panic strategy is a rustc flag that no cargo profile knows.
      ...(isTiny ? {} : { CARGO_PROFILE_RELEASE_PANIC: 'abort' }),
    },
    flags: isStaticGlibc ? ['-Crelocation-model=static'] : [],
    trades: [
      'opt-level = "z": it may run slower',
      ...(project.profile.lto ? [] : ['lto = "fat", codegen-units = 1: compiling takes longer']),
      ...(project.profile.panicAbort || isTiny
        ? []
        : ['panic = "abort": catch_unwind catches nothing, a panic in a thread ends the program']),
      ...(isTiny
        ? [
            'panic = "immediate-abort": a panic ends the program (SIGILL or SIGABRT) and prints nothing',
            'location-detail=none: std::panic::Location says nothing',
            'the standard library is built with optimize_for_size: sorting, formatting and searching may be slower',
            'RUSTC_BOOTSTRAP=1: crates that look for a nightly compiler find one',
          ]
        : []),
      ...(isStaticGlibc
        ? ['relocation-model=static: the program is always loaded at the same address (no ASLR of its code)']
        : []),
      'no section headers: gdb and objdump see less of the file',
    ],
  };
}
