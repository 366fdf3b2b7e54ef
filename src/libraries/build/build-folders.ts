import { join } from 'node:path';

/** Where one library is built. */
export interface LibraryFolders {
  readonly work: string;
  readonly sources: string;
  /** Of CMake alone. */
  readonly build: string;
  readonly bin: string;
  /** What it needs, and nothing else. */
  readonly sysroot: string;
  readonly kernelHeaders: string;
  /** DESTDIR. */
  readonly installed: string;
  readonly temporary: string;
}

/** Pure. */
export function libraryFolders(work: string): LibraryFolders {
  return {
    work,
    sources: join(work, 'src'),
    build: join(work, 'build'),
    bin: join(work, 'bin'),
    sysroot: join(work, 'needs'),
    kernelHeaders: join(work, 'kernel-headers'),
    installed: join(work, 'installed'),
    temporary: join(work, 'tmp'),
  };
}

/** The folders below morsel's cache. */
export interface LibraryCache {
  readonly downloads: string;
  readonly releases: string;
  /** One folder a library that was built, by its key. */
  readonly built: string;
  readonly sysroots: string;
  readonly work: string;
  readonly logs: string;
  /** Of compilers that keep what they have compiled for themselves, where builds are sandboxed. */
  readonly compilers: string;
  /** Where no build writes. */
  readonly sandbox: string;
}

/** Pure. */
export function libraryCache(cacheDirectory: string): LibraryCache {
  const all = join(cacheDirectory, 'libraries');
  return {
    downloads: join(all, 'downloads'),
    releases: join(all, 'releases'),
    built: join(all, 'built'),
    sysroots: join(all, 'sysroots'),
    work: join(all, 'work'),
    logs: join(all, 'logs'),
    compilers: join(all, 'compilers'),
    sandbox: join(all, 'sandbox'),
  };
}
