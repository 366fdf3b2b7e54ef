import type { ElfFacts } from '../elf/facts.ts';

export type LibraryName = Pick<ElfFacts, 'soname' | 'path'>;

export const libraryName = ({ soname, path }: LibraryName): string =>
  soname ?? path.slice(path.lastIndexOf('/') + 1);

/** The C library and the compilers' own: what they import says nothing about the program. */
const RUNTIME_LIBRARY =
  /^(ld-|libc[.-]|libm\.|libmvec|libpthread|libdl\.|librt\.|libutil\.|libgcc_s|libstdc\+\+|libc\+\+|libresolv|libnss_|libanl)/;

export const isRuntimeLibrary = (linkage: LibraryName): boolean => RUNTIME_LIBRARY.test(libraryName(linkage));
