import type { Language, Libc, VersionNeed } from './facts.ts';
import type { Mark } from './marks.ts';
import type { ElfNote } from './notes.ts';

export interface LanguageEvidence {
  readonly isGo: boolean;
  readonly libc: Libc;
  readonly needed: readonly string[];
  readonly versionNeeds: readonly VersionNeed[];
  readonly notes: readonly ElfNote[];
  readonly toolchain: readonly string[];
  readonly hasMark: (mark: Mark) => boolean;
}

/**
 * The languages that the program is written in, as far as their run times leave marks: C is what remains where a C
 * library or a C compiler took part and nothing else was found, and what a Go program with a C library has beside Go.
 */
export function detectLanguages(facts: LanguageEvidence): readonly Language[] {
  const hasC = facts.libc === 'glibc' || facts.libc === 'musl' || facts.libc === 'dietlibc';
  if (facts.isGo) return hasC ? ['go', 'c'] : ['go'];
  const languages: Language[] = [];
  if (isCxx(facts)) languages.push('c++');
  if (isRust(facts)) languages.push('rust');
  if (languages.length === 0 && (hasC || facts.toolchain.some((line) => /GCC|clang/.test(line))))
    languages.push('c');
  return languages;
}

function isCxx({ needed, versionNeeds, notes, hasMark }: LanguageEvidence): boolean {
  return (
    needed.some((name) => /^lib(std)?c\+\+(abi)?\.so/.test(name)) ||
    versionNeeds.some(({ versions }) => versions.some(({ name }) => /^(GLIBCXX|CXXABI)_/.test(name))) ||
    notes.some(({ owner, description }) => owner === 'stapsdt' && description.includes('libstdcxx\0')) ||
    hasMark('cxx')
  );
}

function isRust({ toolchain, hasMark }: LanguageEvidence): boolean {
  return toolchain.some((line) => line.startsWith('rustc version')) || hasMark('rust');
}
