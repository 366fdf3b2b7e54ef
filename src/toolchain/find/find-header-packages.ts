import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTextIfAny } from '../../core/read-small-file.ts';
import type { HeaderPackage } from './tools.ts';

/** Debian's lists of what each package has installed. */
const LISTS = '/var/lib/dpkg/info';

/** A package of headers has some thousand files: Boost 15,000. */
const LIST_LIMIT_BYTES = 4 * 1024 * 1024;
const MAX_PACKAGES = 200;

/** Headers of a C library, a compiler or the kernel: each toolchain brings its own. */
const OF_A_TOOLCHAIN =
  /^(?:linux-libc|libc\d|libc-|musl|dietlibc|libstdc\+\+|libgcc|libc\+\+|llvm|libclang|libobjc|gcc|libgnat|libgfortran|libasan|x11proto|xtrans)|-cross$/;

/**
 * Packages of this machine that are headers alone (nlohmann-json3-dev): nothing of them is made for a C library, so that a
 * program for musl can use them as well. By the lists of dpkg; none on other systems.
 */
export function findHeaderPackages(lists = LISTS): readonly HeaderPackage[] {
  const names = listsIn(lists);
  const found: HeaderPackage[] = [];
  for (const file of names) {
    const name = file.replace(/(?::\w+)?\.list$/, '');
    if (OF_A_TOOLCHAIN.test(name)) continue;
    const own = headerPackage(name, readTextIfAny(join(lists, file), LIST_LIMIT_BYTES) ?? '');
    if (own !== null) found.push(own);
    if (found.length === MAX_PACKAGES) break;
  }
  return found;
}

function listsIn(lists: string): readonly string[] {
  try {
    return readdirSync(lists)
      .filter((name) => /-dev(?::\w+)?\.list$/.test(name))
      .toSorted();
  } catch {
    return [];
  }
}

/** Something that is compiled, or of one architecture. */
const COMPILED = /\.(?:a|o|la|so)(?:\.|$)|^\/usr\/include\/[^/]+-linux-/m;

function headerPackage(name: string, list: string): HeaderPackage | null {
  // Most are no packages of headers, and have some thousand lines.
  if (COMPILED.test(list)) return null;
  const headers = new Set<string>();
  const cmake = new Set<string>();
  const modules = new Set<string>();
  for (const path of list.split('\n')) {
    const header = /^\/usr\/include\/([^/]+)/.exec(path)?.[1];
    if (header !== undefined) headers.add(header);
    const config = /^\/usr\/(?:share|lib)\/cmake\/([^/]+)/.exec(path)?.[1];
    if (config !== undefined && path.startsWith('/usr/share/')) cmake.add(config);
    const module = /^\/usr\/share\/pkgconfig\/([^/]+\.pc)$/.exec(path)?.[1];
    if (module !== undefined) modules.add(module);
  }
  if (headers.size === 0) return null;
  return { name, headers: [...headers], cmake: [...cmake], modules: [...modules] };
}
