import type { Rung } from '../../core/choices.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import {
  countBindings,
  type ElfFacts,
  factsOf,
  findStrings,
  openElf,
  symbolTableFunctions,
} from '../../elf/index.ts';

/** Whether a linked file is what its rung promises. */
export type ArtifactVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly reason: string; readonly hint: string };

const NAME_HINT = 'name a program that the build makes with --bin';

/**
 * Reads what came out of the linker: flags lie (docs/explanation/what-makes-a-binary-runnable.md, 1: musl-gcc
 * with lld, `-static-pie`, Go's pie; and ifuncs under musl). Pure.
 */
export function checkArtifact(facts: ElfFacts, rung: Rung): ArtifactVerdict {
  if (facts.type !== 'EXEC' && facts.type !== 'DYN') {
    return rejected(`${facts.path} is not an executable (ELF type ${facts.type})`, NAME_HINT);
  }
  if (rung === 'closure' || rung === 'base') return checkDynamic(facts);
  return checkStatic(facts, rung);
}

function checkDynamic(facts: ElfFacts): ArtifactVerdict {
  if (facts.link === 'shared') return rejected(`${facts.path} is a shared library, not a program`, NAME_HINT);
  return { kind: 'accepted' };
}

function checkStatic(facts: ElfFacts, rung: 'static-musl' | 'static-glibc' | 'static-go'): ArtifactVerdict {
  if (facts.interpreter !== null) {
    return rejected(
      `the linker made a file that asks for ${facts.interpreter}, although a static one was asked for`,
      'take out the flag of the project that turns -static off: -static-pie, -pie, -fuse-ld=lld or -Wl,-Bdynamic',
    );
  }
  if (facts.link === 'shared') return rejected(`${facts.path} is a shared library, not a program`, NAME_HINT);
  if (facts.needed.length > 0) {
    return rejected(
      `the linker made a file that needs ${facts.needed.join(', ')}`,
      'link those libraries statically',
    );
  }
  return checkLibc(facts, rung);
}

function checkLibc(facts: ElfFacts, rung: 'static-musl' | 'static-glibc' | 'static-go'): ArtifactVerdict {
  if (rung === 'static-musl' && facts.irelativeCount > 0) {
    return rejected(
      `${facts.irelativeCount} IRELATIVE relocations: musl does not apply them, so functions chosen by ifunc would crash`,
      'build without ifunc attributes, or use static-glibc',
    );
  }
  const wanted = { 'static-musl': 'musl', 'static-glibc': 'glibc', 'static-go': 'go' }[rung];
  // `unknown`: a program with an entry point of its own; it is judged by running.
  if (facts.libc === wanted || facts.libc === 'unknown' || facts.libc === 'none') return { kind: 'accepted' };
  return rejected(
    `the file contains ${facts.libc}, not ${wanted} (${facts.libcEvidence})`,
    'see with -v which library or start file of another C library is linked in, and leave it out',
  );
}

function rejected(reason: string, hint: string): ArtifactVerdict {
  return { kind: 'rejected', reason, hint };
}

/** Functions that every program with that C library has under these names, and the other never. */
const LIBC_FUNCTIONS: Readonly<Record<'glibc' | 'musl', readonly string[]>> = {
  glibc: ['__libc_setup_tls', '_dl_non_dynamic_init', '_IO_cleanup', '__libc_init_secure'],
  musl: ['__init_libc', '__stdio_exit', '__libc_start_init', '__init_tp'],
};

/** In every static glibc since 2.26, stripped or not (elf/dl-tunables.c). */
const GLIBC_STRING = 'GLIBC_TUNABLES';

/**
 * `checkArtifact`, and a look for a second C library in a static program: a start file or an object of another one
 * links without complaint and crashes later. `unstripped`: the same program with its symbols, where there is one.
 */
export function checkProgram(program: ByteSource, unstripped: ByteSource, rung: Rung): ArtifactVerdict {
  const elf = openElf(program);
  const facts = factsOf(elf);
  const verdict = checkArtifact(facts, rung);
  if (verdict.kind === 'rejected' || rung === 'closure' || rung === 'base') return verdict;
  // A static-pie binds itself.
  const bindings = facts.type === 'EXEC' ? countBindings(elf) : 0;
  if (bindings > 0)
    return rejected(
      `${bindings} pointers of the file wait for a loader, which a static program does not have: it would crash at the first`,
      'take out what exports its symbols: -Wl,-E, -Wl,--export-dynamic, -rdynamic or a -Wl,-Bdynamic',
    );
  if (facts.libc !== 'musl' && facts.libc !== 'glibc') return verdict;
  const second = facts.libc === 'musl' ? 'glibc' : 'musl';
  const functions = symbolTableFunctions(openElf(unstripped)) ?? new Set<string>();
  const name = LIBC_FUNCTIONS[second].find((candidate) => functions.has(candidate));
  const hasString = second === 'glibc' && findStrings(program, [GLIBC_STRING]).size > 0;
  if (name === undefined && !hasString) return verdict;
  return rejected(
    `two C libraries are in the file: it starts as ${facts.libc}, but holds ${name ?? GLIBC_STRING} of ${second}`,
    `leave out the object or library that was compiled for ${second}, or build it with this rung's compiler`,
  );
}
