import { memoryByteSource } from '../../core/byte-source.ts';
import type { FileTree } from '../../rootfs/file-tree.ts';
import type { LayerEntry, LayerFile } from '../../rootfs/layer-entry.ts';
import type { Need, NeedSupply } from '../need.ts';

export interface SupplyContext {
  /** Where files are taken from: the build machine's `/`, or another tree that has them. */
  readonly host: FileTree;
  /** Environment that the image will have. */
  readonly env: Readonly<Record<string, string>>;
  /** The numeric user that the image runs as. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** False for a static program: libraries cannot be added to it. */
  readonly dynamic: boolean;
}

/** What one need puts into an image; a supplier that returns null leaves the need to the user. */
export type Supplier = (need: Need, context: SupplyContext) => Partial<NeedSupply> | null;

/** `/etc/passwd: users: uses getpwnam (/app)`: what `morsel why` prints. */
export const reasonOf = (need: Need): string => `${need.need}: ${need.evidence}`;

export function textFile(path: string, text: string, need: Need): LayerFile {
  const bytes = Buffer.from(text);
  return {
    kind: 'file',
    path,
    mode: 0o644,
    sizeBytes: bytes.length,
    reason: reasonOf(need),
    open: () => memoryByteSource(bytes, path),
  };
}

/** The host's file under the same or another path; null where the host has none. Its mode becomes 0644. */
export function hostFile(host: FileTree, from: string, path: string, need: Need): LayerFile | null {
  const found = host.resolve(from);
  if (found?.entry.kind !== 'file') return null;
  return {
    kind: 'file',
    path,
    mode: 0o644,
    sizeBytes: found.entry.sizeBytes,
    reason: `${reasonOf(need)}; from ${found.path} of the build machine`,
    open() {
      const source = host.open(found.path);
      if (source === null) throw new Error(`${found.path} has gone from ${host.name}`);
      return source;
    },
  };
}

export function missing(need: Need, what: string, hint: string): Partial<NeedSupply> {
  return { findings: [{ need: need.need, message: what, hint }] };
}

export function entries(...list: readonly (LayerEntry | null)[]): Partial<NeedSupply> {
  return { entries: list.filter((entry): entry is LayerEntry => entry !== null) };
}
