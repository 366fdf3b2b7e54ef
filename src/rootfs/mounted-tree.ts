import { dirname, join } from 'node:path/posix';
import type { ByteSource } from '../core/byte-source.ts';
import { compareBytes } from '../core/compare-bytes.ts';
import { directoryTree } from './directory-tree.ts';
import type { FileTree, FileTreeEntry, ResolvedEntry } from './file-tree.ts';
import { resolvePath } from './resolve-path.ts';

/** A file or directory of this machine seen in a tree at `target`, which is canonical there. */
export interface TreeMount {
  readonly source: string;
  readonly target: string;
}

/** A directory of this machine with mounts in it, and with the directories that a runtime makes for them. */
export function mountedTree(rootDir: string, mounts: readonly TreeMount[]): FileTree {
  const tree = new MountedTree(directoryTree(rootDir));
  for (const { source, target } of mounts) {
    for (const parent of parentsOf(target))
      if (tree.resolve(parent) === null) tree.make({ path: parent, kind: 'directory' });
    tree.mount(source, target);
  }
  return tree;
}

/** The outermost first. */
function parentsOf(path: string): readonly string[] {
  const parents: string[] = [];
  for (let at = dirname(path); at !== '/'; at = dirname(at)) parents.unshift(at);
  return parents;
}

/** A place that is made where a tree lacks it. */
export interface MadePlace {
  readonly path: string;
  readonly kind: 'file' | 'directory';
}

interface Mounted {
  readonly target: string;
  /** Real path on this machine. */
  readonly source: string;
  /** In which they were mounted. */
  readonly order: number;
}

/**
 * What a program will see: a tree, the places that are made in it, and over them the mounts, each over the ones before it.
 * Links are followed as the kernel will, whichever of these they lie on and lead to.
 */
export class MountedTree implements FileTree {
  readonly name: string;
  readonly #below: FileTree;
  readonly #machine = directoryTree('/');
  readonly #made = new Map<string, FileTreeEntry>();
  /** By target, the last one on it: a control run looks tens of thousands of times. */
  readonly #mounts = new Map<string, Mounted>();
  #mounted = 0;

  constructor(below: FileTree) {
    this.#below = below;
    this.name = below.name;
  }

  /** @param path canonical, in a directory that is there. */
  make({ path, kind }: MadePlace): void {
    this.#made.set(path, { ...MADE, kind, mode: kind === 'file' ? 0o644 : 0o755, identity: `made:${path}` });
  }

  /** @param target canonical. */
  mount(source: string, target: string): void {
    const real = this.#machine.resolve(source)?.path ?? source;
    this.#mounts.set(target, { target, source: real, order: (this.#mounted += 1) });
  }

  isMounted(canonicalPath: string): boolean {
    return this.#mountOf(canonicalPath) !== undefined;
  }

  /** Links on mounts are whoever's may write there: `isFollowed` says of which ones are followed. */
  resolve(path: string, isFollowed: (canonicalPath: string) => boolean = () => true): ResolvedEntry | null {
    return resolvePath(path, (at) => {
      const entry = this.#lstatCanonical(at);
      return entry?.kind === 'symlink' && !isFollowed(at) ? { ...entry, kind: 'other' } : entry;
    });
  }

  lstat(path: string): FileTreeEntry | null {
    return resolvePath(path, (at) => this.#lstatCanonical(at), { followLast: false })?.entry ?? null;
  }

  list(path: string): readonly string[] {
    const at = this.resolve(path)?.path;
    if (at === undefined) return [];
    const { tree, path: inside } = this.#find(at);
    const names = new Set(tree.list(inside));
    for (const place of [...this.#made.keys(), ...this.#mounts.keys()])
      if (dirname(place) === at && place !== at) names.add(place.slice(place.lastIndexOf('/') + 1));
    return [...names].sort(compareBytes);
  }

  open(path: string): ByteSource | null {
    return this.#inside(path, (tree, inside) => tree.open(inside));
  }

  hostPath(path: string): string | null {
    return this.#inside(path, (tree, inside) => tree.hostPath?.(inside) ?? null);
  }

  #inside<T>(path: string, work: (tree: FileTree, inside: string) => T): T | null {
    const at = this.resolve(path)?.path;
    if (at === undefined) return null;
    const { tree, path: inside } = this.#find(at);
    return work(tree, inside);
  }

  #lstatCanonical(path: string): FileTreeEntry | null {
    const { tree, path: inside } = this.#find(path);
    return tree.lstat(inside) ?? (this.isMounted(path) ? null : (this.#made.get(path) ?? null));
  }

  #find(path: string): { readonly tree: FileTree; readonly path: string } {
    const mount = this.#mountOf(path);
    if (mount === undefined) return { tree: this.#below, path };
    return { tree: this.#machine, path: join(mount.source, path.slice(mount.target.length)) };
  }

  /** Of those at or above a path, the last one lies on top. One on the root is refused, and shows nothing before. */
  #mountOf(path: string): Mounted | undefined {
    let top: Mounted | undefined;
    for (let at = path; at !== '/'; at = dirname(at)) {
      const mount = this.#mounts.get(at);
      if (mount !== undefined && (top === undefined || mount.order > top.order)) top = mount;
    }
    return top;
  }
}

const MADE = { uid: 0, gid: 0, sizeBytes: 0, target: '' } as const;
