import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { abiOfArchitecture, gnuTriple } from '../../core/machine-abis.ts';
import { hostArchitecture } from '../../core/machines.ts';
import {
  libraryInText,
  libraryOfHeader,
  libraryOfName,
  type KnownLibrary,
} from '../c/libraries/known-libraries.ts';

/** What to do where a compiler finds no header. */
export function missingHeaderHint(header: string): string {
  const library = libraryOfHeader(header);
  if (library === null)
    return `the header ${header} is not there for this C library; install its -dev package, or see whether the program can be built without it`;
  return hintOf(header, library, isInstalled(header));
}

function hintOf(what: string, { debian }: KnownLibrary, installed: boolean): string {
  return installed
    ? `${what} of Debian's package ${debian} is here for glibc only: ask for --rung static-glibc or --rung closure`
    : `${what} is in Debian's package ${debian}: apt-get install ${debian}`;
}

/** What to do where pkg-config does not know a package. */
export function missingPackageHint(name: string): string {
  return (
    namedLibraryHint(name) ??
    `pkg-config does not know ${name}: install the -dev package that brings ${name}.pc`
  );
}

/** What to do where a build system says in words of its own that it misses a library; null where none is known in them. */
export function namedLibraryHint(text: string): string | null {
  const found = libraryInText(text);
  return found === null ? null : hintOf(found.word, found.library, found.library.headers.some(isInstalled));
}

/** What to do where a linker finds no library. */
export function missingLibraryHint(name: string): string {
  if (isSharedAlone(name))
    return `lib${name} is here as a shared library alone, which no static program can have: ask for --rung closure`;
  const library = libraryOfName(name);
  const otherwise = 'or ask for a rung with another C library, which may have it';
  return library === null
    ? `install the static library lib${name}.a for this C library, ${otherwise}`
    : `lib${name} is in Debian's package ${library.debian}, for glibc: apt-get install ${library.debian}, ${otherwise}`;
}

const isInstalled = (header: string): boolean => isIn('/usr/include', header);

/** Debian has no static build of some (libsystemd): its -dev package is installed, and helps nobody. */
function isSharedAlone(name: string): boolean {
  return isIn('/usr/lib', `lib${name}.so`) && !isIn('/usr/lib', `lib${name}.a`);
}

/** There, or in its folder for this machine. */
function isIn(folder: string, name: string): boolean {
  const abi = abiOfArchitecture(hostArchitecture());
  const triple = abi === null ? null : gnuTriple(abi);
  const folders = [folder, ...(triple === null ? [] : [join(folder, triple)])];
  return folders.some((one) => existsSync(join(one, name)));
}
