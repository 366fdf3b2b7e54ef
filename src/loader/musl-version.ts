import type { FileTree } from '../rootfs/file-tree.ts';

/** The whole of musl is some 600 to 900 kB. */
const MUSL_LIMIT_BYTES = 8 * 1024 * 1024;
/** What the loader prints of itself when it is started alone (ldso/dynlink.c). */
const BANNER = 'musl libc (';
/** `__libc_version` (src/internal/version.c); what is built from between two releases has `-git-…` behind it. */
const VERSION = /(?<![\w.])(\d+\.\d+\.\d+)\0/g;

/** The release of the musl at a path of a tree, by its own bytes; null where they do not say one, or it is none. */
export function muslVersion(tree: FileTree, path: string): string | null {
  const source = tree.open(path);
  try {
    if (source === null || source.sizeBytes > MUSL_LIMIT_BYTES) return null;
    const text = source.read(0, source.sizeBytes).toString('latin1');
    if (!text.includes(BANNER)) return null;
    const versions = new Set([...text.matchAll(VERSION)].map(([, version]) => version));
    const [version] = versions;
    return versions.size === 1 && version !== undefined ? version : null;
  } finally {
    source?.close();
  }
}
