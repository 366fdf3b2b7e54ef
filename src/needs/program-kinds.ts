import type { ElfFacts } from '../elf/facts.ts';

export const isDynamic = (facts: Pick<ElfFacts, 'link'>): boolean =>
  facts.link === 'dynamic' || facts.link === 'shared';
export const isStatic = (facts: ElfFacts): boolean => facts.link === 'static' || facts.link === 'static-pie';
export const isGo = (facts: ElfFacts): boolean => facts.go !== null;
export const hasLanguage = (facts: ElfFacts, language: 'c++' | 'rust'): boolean =>
  facts.languages.includes(language);
export const isStaticMusl = (facts: ElfFacts): boolean => isStatic(facts) && facts.libc === 'musl';
export const isStaticGlibc = (facts: ElfFacts): boolean => isStatic(facts) && facts.libc === 'glibc';
