import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { abiOfArchitecture, gnuTriple } from '../../core/machine-abis.ts';
import { hostArchitecture } from '../../core/machines.ts';
import { libraryOfHeader, libraryOfName } from '../c/libraries/known-libraries.ts';

/** What to do where a compiler finds no header. */
export function missingHeaderHint(header: string): string {
  const library = libraryOfHeader(header);
  if (library === null)
    return `the header ${header} is not there for this C library; install its -dev package, or see whether the program can be built without it`;
  return isInstalled(header)
    ? `${header} of Debian's package ${library.debian} is here for glibc only: ask for --rung static-glibc or --rung closure`
    : `${header} is in Debian's package ${library.debian}: apt-get install ${library.debian}`;
}

/** What to do where a linker finds no library. */
export function missingLibraryHint(name: string): string {
  const library = libraryOfName(name);
  const otherwise = 'or ask for a rung with another C library, which may have it';
  return library === null
    ? `install the static library lib${name}.a for this C library, ${otherwise}`
    : `lib${name} is in Debian's package ${library.debian}, for glibc: apt-get install ${library.debian}, ${otherwise}`;
}

function isInstalled(header: string): boolean {
  const abi = abiOfArchitecture(hostArchitecture());
  const folders = ['/usr/include', ...(abi === null ? [] : [`/usr/include/${gnuTriple(abi)}`])];
  return folders.some((folder) => existsSync(join(folder, header)));
}
