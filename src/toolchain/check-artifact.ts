import type { ElfFacts } from '../elf/facts.ts';
import type { Rung } from './plan.ts';

/** Whether a linked file is what its rung promises. */
export type ArtifactVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly reason: string; readonly hint: string | null };

/**
 * Reads what came out of the linker: flags lie (hazards.md section 0 lists musl-gcc with lld, `-static-pie`, Go's pie,
 * ifuncs under musl). Pure.
 */
export function checkArtifact(facts: ElfFacts, rung: Rung): ArtifactVerdict {
  if (facts.type !== 'EXEC' && facts.type !== 'DYN') {
    return rejected(`${facts.path} is not an executable (ELF type ${facts.type})`, null);
  }
  if (rung === 'closure' || rung === 'base') return checkDynamic(facts);
  return checkStatic(facts, rung);
}

function checkDynamic(facts: ElfFacts): ArtifactVerdict {
  if (facts.link === 'shared') return rejected(`${facts.path} is a shared library, not a program`, null);
  return { kind: 'accepted' };
}

function checkStatic(facts: ElfFacts, rung: 'static-musl' | 'static-glibc' | 'static-go'): ArtifactVerdict {
  if (facts.interpreter !== null) {
    return rejected(
      `the linker made a file that asks for ${facts.interpreter}, although a static one was asked for`,
      'a flag of the project (-static-pie, -pie, -fuse-ld=lld, -Wl,-Bdynamic) turns -static off',
    );
  }
  if (facts.link === 'shared') return rejected(`${facts.path} is a shared library, not a program`, null);
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
    'a library or start file of another C library was linked in',
  );
}

function rejected(reason: string, hint: string | null): ArtifactVerdict {
  return { kind: 'rejected', reason, hint };
}
