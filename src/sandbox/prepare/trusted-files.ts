import type { FileTree } from '../../rootfs/index.ts';
import type { Authority } from '../sandbox.ts';

/** Of one bundle: all authorities that Mozilla knows are a quarter of a MiB. */
const BUNDLE_LIMIT_BYTES = 4 * 1024 * 1024;

export interface TrustedFiles {
  /** Place in the root, without symbolic links → content. */
  readonly trusting: Readonly<Record<string, string>>;
  readonly trustedIn: readonly string[];
}

/**
 * The bundles that a root has, each with one more authority. A root that has none gets none: a program in it trusts nobody, and
 * that is to be seen.
 */
export function trustedFiles(tree: FileTree, authority: Authority | undefined): TrustedFiles {
  const trusting: Record<string, string> = {};
  if (authority === undefined) return { trusting, trustedIn: [] };
  for (const path of authority.bundles) {
    const found = tree.resolve(path);
    if (found?.entry.kind !== 'file' || found.path in trusting || isOfKernel(found.path)) continue;
    const bundle = readWhole(tree, found.path);
    if (bundle !== null) trusting[found.path] = `${bundle.trimEnd()}\n${authority.certificate}`;
  }
  return { trusting, trustedIn: Object.keys(trusting) };
}

const isOfKernel = (path: string): boolean => /^\/(?:proc|sys|dev)\//.test(path);

function readWhole(tree: FileTree, path: string): string | null {
  const source = tree.open(path);
  if (source === null) return null;
  try {
    if (source.sizeBytes > BUNDLE_LIMIT_BYTES) return null;
    return source.read(0, source.sizeBytes).toString('utf8');
  } finally {
    source.close();
  }
}
