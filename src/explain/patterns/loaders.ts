import type { ErrorPattern } from './error-pattern.ts';

/** ld.so (elf/dl-*.c of glibc) and musl's ldso/dynlink.c. */
export const loaderPatterns: readonly ErrorPattern[] = [
  {
    name: 'ld.so: a library is not found',
    match:
      /(?:(?<path>\S+): )?error while loading shared libraries: (?<library>[^\s:]+): cannot open shared object file: No such file or directory/,
    causes: ['missing-library'],
  },
  {
    name: 'ld.so: a library cannot be read',
    match:
      /error while loading shared libraries: (?<library>[^\s:]+): (?:invalid ELF header|file too short|cannot read file data|ELF file's phentsize|wrong ELF class|ELF load command|only ET_DYN and ET_EXEC)/,
    causes: ['damaged-library', 'missing-library'],
  },
  {
    name: 'ld.so: executable stack',
    match: /(?<library>\S+): cannot enable executable stack/,
    causes: ['exec-stack'],
  },
  {
    name: 'ld.so: a symbol version is not found',
    match:
      /(?<library>[^\s:]+): version [`'](?<version>[A-Za-z0-9_.]+)' not found(?: \(required by (?<requiredBy>[^)]+)\))?/,
    causes: ['version-too-old'],
  },
  {
    name: 'ld.so: a symbol is not found',
    match: /symbol lookup error: (?<library>[^\s:]+): undefined symbol: (?<symbol>[^\s,]+)/,
    causes: ['undefined-symbol', 'version-too-old'],
  },
  {
    name: 'ld.so: the processor is too old',
    match: /CPU ISA level is lower than required|Fatal glibc error: CPU does not support/,
    causes: ['cpu-level'],
  },
  {
    name: 'ld.so: an error of dlopen',
    match: /(?<library>[^\s:]+\.so[^\s:]*): cannot open shared object file: No such file or directory/,
    causes: ['missing-library'],
  },
  {
    name: 'musl: a library is not found',
    match:
      /Error loading shared library (?<library>[^\s:]+): No such file or directory(?: \(needed by (?<path>[^)]+)\))?/,
    causes: ['missing-library', 'glibc-program-on-musl'],
  },
  {
    name: 'musl: a library is not one',
    match: /Error loading shared library (?<library>[^\s:]+): Exec format error/,
    causes: ['damaged-library', 'wrong-architecture'],
  },
  {
    name: 'musl: a symbol is not found',
    match:
      /Error relocating (?<library>[^\s:]+): (?<symbol>\S+): (?:initial-exec TLS resolves to dynamic definition|symbol not found)/,
    causes: ['glibc-program-on-musl', 'undefined-symbol'],
  },
];
