import { isDriverLibrary } from '../loader/index.ts';

/** The words of dynamic loaders and runtimes that end a program before its own code. */
export const LOADER_ERRORS: readonly RegExp[] = [
  // glibc: elf/dl-load.c, dl-version.c, dl-lookup.c, rtld.c
  /^.*error while loading shared libraries: .*$/m,
  /^.*: version `[^'\n]{1,256}' not found \(required by .*\)$/m,
  /^.*symbol lookup error: .*$/m,
  /^.*relocation error: .*$/m,
  /^Inconsistency detected by ld\.so: .*$/m,
  /^.*FATAL: kernel too old.*$/m,
  /^.*CPU ISA level is lower than required.*$/m,
  /^Fatal glibc error: .*$/m,
  // musl: ldso/dynlink.c
  /^Error loading shared library .*$/m,
  /^Error relocating .*: symbol not found$/m,
  // Go: runtime/asm_amd64.s
  /^This program can only be run on AMD64 processors with .*$/m,
];

/** A loader writes a few lines, and nothing of the program comes before them. */
export const SEARCHED_BYTES = 16 * 1024;

/** The loader's line when it is what ended the program; a program that exits with 0 was not ended by it. */
export function findLoaderError(result: {
  readonly exitCode: number | null;
  readonly stderr: Buffer;
}): string | null {
  if (result.exitCode === 0) return null;
  const text = result.stderr.toString('utf8', 0, SEARCHED_BYTES);
  for (const pattern of LOADER_ERRORS) {
    const found = pattern.exec(text);
    if (found !== null) return found[0];
  }
  return null;
}

/** The library of a driver that a loader has not found; null where it was not that which ended the program. */
export function lackedDriver(result: Parameters<typeof findLoaderError>[0]): string | null {
  const name = /([^\s/:]+\.so[.\d]*): (?:cannot open shared object file|No such file or directory)/.exec(
    findLoaderError(result) ?? '',
  )?.[1];
  return name !== undefined && isDriverLibrary(name) ? name : null;
}
