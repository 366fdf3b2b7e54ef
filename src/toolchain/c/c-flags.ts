import type { SizeProfile } from '../../core/choices.ts';
import type { CToolchain } from './c-toolchain.ts';
import { DROPPED_FOR_STATIC, droppedAlways, type DroppedWords } from './dropped-words.ts';

/** Compiler arguments by their place on the command line; the project's own arguments stand between `before` and `after`. */
export interface CFlags {
  /** Defaults that the project's own flags win over. */
  readonly before: readonly string[];
  /** What wins over the project's flags; only `smallest` has any. */
  readonly after: readonly string[];
  /** Before the project's own words when a program is linked, so that these win. */
  readonly linkFirst: readonly string[];
  /** Added when a program is linked. */
  readonly link: readonly string[];
  /** Of the project's arguments, always taken away: the compiler stops at them; null: none. */
  readonly drop: DroppedWords | null;
  /** Taken away when a program is linked: they contradict the rung; null: none. */
  readonly dropWhenLinking: DroppedWords | null;
  /** The language of stdin (`-`), where a compiler wants to be told what others take for C; null: it does not. */
  readonly inputLanguage: 'c' | 'c++' | null;
  /** The answer to `-Wl,--version` where the compiler has none; null: its own. */
  readonly linkerName: string | null;
  /**
   * How a shared library of the project is made: as it is; or, for a static program, as one relocatable object under
   * the library's name, which a linker takes where the library is named. `renamed`: zig looks at the name, and is given
   * a copy that ends in `.o`.
   */
  readonly sharedLibraries: 'shared' | 'object' | 'renamed-object';
  /** What these flags give up. */
  readonly trades: readonly string[];
}

export interface CFlagsOptions {
  readonly language: 'c' | 'c++';
  readonly profile: SizeProfile;
  /** Paths that must not get into the program (`__FILE__`), and what stands for each. */
  readonly pathMap: readonly (readonly [string, string])[];
  /** Files of generated headers for musl-gcc; null where not needed. */
  readonly kernelHeaders: string | null;
  /** Of threads, which musl takes from the program; by default as glibc's. */
  readonly stackSizeBytes?: number | undefined;
  /** A static library whose malloc is to be the program's; by default the C library's own. */
  readonly allocator?: string | undefined;
  /** Whole-program optimisation is possible: morsel runs the compiler itself, and once. */
  readonly wholeProgram: boolean;
}

/**
 * Of musl's stdc-predef.h, which gcc includes before everything (its manual, "C11 6.10.8.2"), but for the specs of musl-gcc,
 * by which it has no folder then: libedit stops without the first.
 */
const PREDEFINED = ['-D__STDC_ISO_10646__=201206L', '-D__STDC_IEC_559__=1'];

/** Pure. */
export function cFlags(toolchain: CToolchain, options: CFlagsOptions): CFlags {
  const trades = options.profile === 'smallest' ? smallestFlags(toolchain, options) : NOTHING;
  const sections = options.profile === 'debug' ? [] : ['-ffunction-sections', '-fdata-sections'];
  return {
    before: [
      '-O2',
      ...(options.profile === 'debug' ? ['-g'] : []),
      ...sections,
      ...options.pathMap.map(([from, to]) => `-ffile-prefix-map=${from}=${to}`),
      ...familyFlags(toolchain),
      ...(toolchain.isWrapper ? PREDEFINED : []),
      ...(toolchain.isWrapper && options.kernelHeaders !== null ? ['-idirafter', options.kernelHeaders] : []),
    ],
    after: trades.after,
    linkFirst: [
      ...(options.stackSizeBytes === undefined && toolchain.family === 'zig'
        ? stackFlags(toolchain, THREAD_STACK_BYTES)
        : []),
      ...allocatorFlags(options.allocator),
    ],
    link: [
      ...linkFlags(toolchain, options),
      ...(options.stackSizeBytes === undefined ? [] : stackFlags(toolchain, options.stackSizeBytes)),
      ...trades.link,
    ],
    drop: droppedAlways(toolchain),
    dropWhenLinking: toolchain.isStatic ? DROPPED_FOR_STATIC : null,
    // `echo '#include <x.h>' | $(CC) -E -`: it looks for the ending of a file's name, unlike clang, which is inside.
    inputLanguage: toolchain.family === 'zig' ? options.language : null,
    // zig takes it for an unknown word, and Meson before 1.3 then knows no linker. It is LLVM's that is inside.
    linkerName: toolchain.family === 'zig' ? 'LLD 20.1.0 (compatible with GNU linkers)' : null,
    sharedLibraries: !toolchain.isStatic
      ? 'shared'
      : toolchain.family === 'zig'
        ? 'renamed-object'
        : 'object',
    trades: trades.trades,
  };
}

/**
 * musl gives threads 128 KiB of stack, and code that was written for glibc expects 8 MiB; it takes the size from here
 * (PT_GNU_STACK's p_memsz, src/env/__init_tls.c), glibc from its limits. Memory is used as it is touched.
 */
function stackFlags({ libc }: CToolchain, bytes: number): readonly string[] {
  return libc === 'musl' ? [stackSizeWord(bytes)] : [];
}

/** GNU ld keeps a note of 80 bytes beside what `-z stack-size` writes: morsel writes it itself; LLVM's linker keeps none. */
export function stackSteps(
  { libc, family }: CToolchain,
  asked: number | undefined,
): readonly { readonly kind: 'stack-size'; readonly bytes: number }[] {
  const isOurs = libc === 'musl' && family !== 'zig' && asked === undefined;
  return isOurs ? [{ kind: 'stack-size', bytes: THREAD_STACK_BYTES }] : [];
}

/** What the linker is told. */
export const stackSizeWord = (bytes: number): string => `-Wl,-z,stack-size=${bytes}`;

/** What glibc gives a thread where RLIMIT_STACK is as Linux sets it, and the most that musl takes. */
export const THREAD_STACK_BYTES = 8 * 1024 * 1024;

/** All of its objects, before the C library is asked for any: behind it they would be left out in silence. */
function allocatorFlags(archive: string | undefined): readonly string[] {
  return archive === undefined ? [] : ['-Wl,--whole-archive', archive, '-Wl,--no-whole-archive'];
}

function familyFlags({ family }: CToolchain): readonly string[] {
  // Without -O zig turns its sanitizer on, which changes what programs do; with link flags in each call both would warn.
  if (family === 'zig') return ['-fno-sanitize=undefined', '-Qunused-arguments'];
  return family === 'clang' ? ['-Qunused-arguments'] : [];
}

function linkFlags(toolchain: CToolchain, { profile, language }: CFlagsOptions): readonly string[] {
  return [
    ...(toolchain.isStatic ? ['-static'] : []),
    ...(profile === 'debug' ? [] : ['-Wl,--gc-sections']),
    ...(profile === 'debug' || toolchain.family === 'zig' ? [] : ['-Wl,--build-id=none']),
    // The wrapper's specs always name a dynamic linker: lld and mold would write it into a static program.
    ...(toolchain.isWrapper ? ['-Wl,--no-dynamic-linker'] : []),
    ...(needsWholePthread(toolchain, language)
      ? ['-Wl,--whole-archive', '-lpthread', '-Wl,--no-whole-archive']
      : []),
  ];
}

/** Before 2.34 libpthread's functions were weak in libc.a: std::thread in a static program called address 0. */
function needsWholePthread({ libc, isStatic, libcVersion }: CToolchain, language: 'c' | 'c++'): boolean {
  const [major = 0, minor = 0] = (libcVersion ?? '2.36').split('.').map(Number);
  return libc === 'glibc' && isStatic && language === 'c++' && (major < 2 || (major === 2 && minor < 34));
}

interface Smallest {
  readonly after: readonly string[];
  readonly link: readonly string[];
  readonly trades: readonly string[];
}

const NOTHING: Smallest = { after: [], link: [], trades: [] };

function smallestFlags(toolchain: CToolchain, options: CFlagsOptions): Smallest {
  const isGnuLinker = toolchain.family !== 'zig';
  const dropsUnwindTables = options.language === 'c' && toolchain.libc === 'musl';
  const optimise = toolchain.family === 'gcc' ? '-Os' : '-Oz';
  const lto = toolchain.family === 'zig' && options.wholeProgram;
  return {
    after: [
      optimise,
      ...(dropsUnwindTables ? ['-fno-asynchronous-unwind-tables', '-fno-unwind-tables'] : []),
      ...(lto ? ['-flto'] : []),
    ],
    link: ['-Wl,-z,norelro', ...(isGnuLinker ? ['-Wl,-z,noseparate-code'] : [])],
    trades: [
      `${optimise} in place of -O2: it may run slower`,
      ...(dropsUnwindTables ? ['no unwind tables: debuggers and profilers see no call stacks'] : []),
      ...(lto ? ['-flto: optimised as one program; the link takes longer'] : []),
      'norelro: tables of pointers stay writable while the program runs',
      ...(isGnuLinker ? ['noseparate-code: headers and constants are mapped executable'] : []),
      'no section headers: gdb and objdump see less of the file',
    ],
  };
}
