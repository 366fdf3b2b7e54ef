import { importedSymbols } from './dynamic-symbols.ts';
import type { ElfFile } from './elf-file.ts';
import { compareDotted, glibcVersionOf, readVersionNeeds, VER_FLG_WEAK } from './symbol-versions.ts';

/** A version of glibc that a program asks for, and the imports that ask for it. */
export interface GlibcNeed {
  /** `2.34` */
  readonly version: string;
  /** `__libc_start_main`; empty for versions that no symbol carries (GLIBC_ABI_DT_RELR, which is 2.36). */
  readonly symbols: readonly string[];
}

/**
 * The versions of glibc that an object asks for, highest first: the first entry is what raised its minimum, and the
 * second what the minimum would be without those symbols. Empty when it asks for none. Errors: ELF_INVALID.
 */
export function glibcNeeds(elf: ElfFile): readonly GlibcNeed[] {
  const needs = new Map<string, string[]>();
  for (const { versions } of readVersionNeeds(elf)) {
    for (const { name, flags } of versions) {
      const version = (flags & VER_FLG_WEAK) === 0 ? glibcVersionOf(name) : null;
      if (version !== null && !needs.has(version)) needs.set(version, []);
    }
  }
  for (const symbol of importedSymbols(elf)) {
    const version = symbol.version === null ? null : glibcVersionOf(symbol.version);
    if (version !== null) needs.get(version)?.push(symbol.name);
  }
  return [...needs]
    .map(([version, symbols]) => ({ version, symbols: symbols.sort() }))
    .sort((a, b) => compareDotted(b.version, a.version));
}
