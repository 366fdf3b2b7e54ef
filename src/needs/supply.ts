import { memoryByteSource } from '../core/byte-source.ts';
import type { FileTree } from '../rootfs/file-tree.ts';
import type { LayerEntry, LayerFile } from '../rootfs/layer-entry.ts';
import { firstFile, type NeedDetails } from './places.ts';
import type { WantedLibrary } from './wanted-library.ts';

export interface SupplyContext {
  /** Where files are taken from: the build machine's `/`, or another tree that has them. */
  readonly host: FileTree;
  /** Environment that the image will have. */
  readonly env: Readonly<Record<string, string>>;
  /** The numeric user that the image runs as. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** False for a static program: libraries cannot be added to it. */
  readonly dynamic: boolean;
  /** Authorities beside the public ones that the image is to trust, each as PEM. */
  readonly authorities: readonly string[];
}

/** As much of a need as its supplier asks for. */
export interface FoundNeed {
  readonly need: string;
  readonly evidence: string;
  /** The user asks for it: where the bytes do not say which file, the usual one is supplied. */
  readonly isAsked?: true;
  readonly details?: NeedDetails;
  readonly libraries?: readonly WantedLibrary[];
}

/** A library beside the closure, found by the loader's rules. */
export interface SuppliedLibrary {
  readonly name: string;
  readonly reason: string;
  /** Tried after `name`: one of them is enough. */
  readonly otherNames?: readonly string[];
  /** Soname or path of the object that opens it; the program where it is not given. */
  readonly openedBy?: string;
  /** False where the program does without: its absence is not worth a line. */
  readonly isRequired?: boolean;
}

/** What one need puts into an image, or why it cannot. */
export interface SuppliedPart {
  readonly entries?: readonly LayerEntry[];
  readonly env?: Readonly<Record<string, string>>;
  readonly libraries?: readonly SuppliedLibrary[];
  readonly problem?: { readonly message: string; readonly hint: string };
}

/** A supplier that returns null leaves the need to the user. */
export type Supplier = (need: FoundNeed, context: SupplyContext) => SuppliedPart | null;

/** `/etc/passwd: users: uses getpwnam (/app)`: what `morsel why` prints. */
export const reasonOf = (need: FoundNeed): string => `${need.need}: ${need.evidence}`;

export function textFile(path: string, text: string, need: FoundNeed): LayerFile {
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
export function hostFile(host: FileTree, from: string, path: string, need: FoundNeed): LayerFile | null {
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

/** The first of these files that the host has; null where it has none. */
export function firstHostFile(
  host: FileTree,
  from: readonly string[],
  path: string,
  need: FoundNeed,
): LayerFile | null {
  const first = firstFile(host, from);
  return first === null ? null : hostFile(host, first, path, need);
}

export const missing = (message: string, hint: string): SuppliedPart => ({ problem: { message, hint } });

export function entries(...list: readonly (LayerEntry | null)[]): SuppliedPart {
  return { entries: list.filter((entry): entry is LayerEntry => entry !== null) };
}
