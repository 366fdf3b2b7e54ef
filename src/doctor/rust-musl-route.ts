import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultCacheDirectory } from '../core/cache-directory.ts';
import { hostArchitecture } from '../core/machines.ts';
import { rustTarget, type Tools } from '../toolchain/index.ts';

/** Rust on musl where the target is not installed: its standard library is built from its sources, once, with consent. */
export interface RustMuslRoute {
  /** The option that consents. */
  readonly consent: '--toolchain-experimental';
  /** The sources of the standard library, from rust-src; null where no toolchain here has them. */
  readonly sources: string | null;
  /** Folders of the cache with a library that is built for this machine by a compiler that is here. */
  readonly built: readonly string[];
}

export function rustMuslRoute({ rust }: Tools): RustMuslRoute {
  const sources = rust.toolchains.find(({ librarySource }) => librarySource !== null)?.librarySource ?? null;
  const target = rustTarget(hostArchitecture(), 'musl');
  const folder = join(defaultCacheDirectory(), 'shared', 'rust-std');
  const starts = rust.toolchains.map(({ rustc }) => `${rustc.version ?? 'unknown'}-${target}-`);
  const built = namesIn(folder)
    .filter((name) => starts.some((start) => name.startsWith(start)))
    .map((name) => join(folder, name))
    .filter((one) => isBuilt(one, target ?? ''));
  return { consent: '--toolchain-experimental', sources, built };
}

/** A build that was interrupted left a folder, and no library. */
function isBuilt(folder: string, target: string): boolean {
  return namesIn(join(folder, 'target', target, 'release/deps')).some(
    (name) => name.startsWith('libstd-') && name.endsWith('.rlib'),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
