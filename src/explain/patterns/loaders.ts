import type { ErrorPattern } from './error-pattern.ts';

/** ld.so (elf/dl-*.c of glibc) and musl's ldso/dynlink.c. */
export const loaderPatterns: readonly ErrorPattern[] = [
  {
    name: 'ld.so: a library is not found',
    match:
      /(?:(?<path>\S+): )?error while loading shared libraries: (?<library>[^\s:]+): cannot open shared object file/,
    causes: ['missing-library'],
  },
  {
    name: 'ld.so: a library cannot be read',
    match:
      /error while loading shared libraries: (?<library>[^\s:]+): (?:invalid ELF header|file too short|cannot read file data|ELF file's phentsize|ELF file OS ABI invalid|wrong ELF class|only ET_DYN and ET_EXEC)/,
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
    match: /CPU ISA level is lower than required/,
    causes: ['cpu-level', 'base-cpu-level'],
  },
  {
    name: 'glibc: it is built for newer processors than this one',
    match: /Fatal glibc error: (?:CPU|cannot get entropy for CPU)[^\n]*/,
    causes: ['base-cpu-level', 'cpu-level'],
  },
  {
    name: 'glibc: the kernel is too old',
    match: /FATAL: kernel too old|FATAL: cannot determine kernel version/,
    causes: ['kernel-too-old'],
  },
  {
    name: 'ld.so: LD_PRELOAD',
    match:
      /object ['"](?<library>[^'"\s]+)['"] from (?:LD_PRELOAD|\/etc\/ld\.so\.preload) cannot be preloaded/,
    causes: ['missing-preload'],
  },
  {
    name: 'ld.so: a symbol version is not in the library that it was linked with',
    match:
      /relocation error: (?<library>[^\s:]+): symbol (?<symbol>[^\s,]+),? version (?<version>\S+) not defined in file (?<provider>\S+) with link time reference/,
    causes: ['mixed-libraries', 'version-too-old', 'undefined-symbol'],
  },
  {
    name: 'AppImage: FUSE',
    match:
      /AppImages? requires? FUSE|error loading libfuse\.so|fuse: device not found|Cannot mount AppImage/i,
    causes: ['appimage-fuse'],
  },
  {
    name: 'qemu, Rosetta: the loader of the program is not there',
    match:
      /rosetta error: failed to open elf at (?<interpreter>\S+)|(?:qemu-\w+(?:-static)?|\w+-binfmt-P): Could not open ['"](?<interpreter2>[^'"]+)['"]: No such file or directory/,
    causes: ['missing-interpreter', 'glibc-program-on-musl', 'wrong-architecture'],
  },
  {
    name: 'qemu, Rosetta: the program is for another processor, or damaged',
    match:
      /qemu-\w+(?:-static)?: [^\n]*(?:Invalid ELF image|Exec format error|Error mapping file)|rosetta error: [^f\n][^\n]*|qemu: uncaught target signal/,
    causes: ['wrong-architecture', 'damaged-program', 'crash'],
  },
  {
    name: 'ld.so: a segment that cannot be mapped',
    match:
      /(?<library>[^\s:]+): ELF load command (?:alignment not page-aligned|address\/offset not properly aligned|address\/offset not page-aligned)/,
    causes: ['unmappable-segment', 'damaged-library'],
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
    name: 'musl: a relocation of glibc’s',
    match: /Error relocating (?<library>[^\s:]+): unsupported relocation type \d+/,
    causes: ['glibc-program-on-musl', 'undefined-symbol'],
  },
  {
    name: 'musl: a symbol is not found',
    match:
      /Error relocating (?<library>[^\s:]+): (?<symbol>\S+): (?:initial-exec TLS resolves to dynamic definition|symbol not found)/,
    causes: ['glibc-program-on-musl', 'undefined-symbol'],
  },
];
