import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path/posix';
import { MorselError } from '../../core/errors.ts';
import {
  directoryTree,
  type FileTree,
  type FileTreeEntry,
  type ResolvedEntry,
  resolvePath,
} from '../../rootfs/index.ts';

/** A place that the container's own overlay gets, and the image lacks. */
export interface MountPointRequest {
  readonly path: string;
  readonly kind: 'file' | 'directory';
}

interface MountedSource {
  /** Canonical in the tree. */
  readonly target: string;
  readonly tree: FileTree;
  /** Path of the source in its tree; '' for the whole of it. */
  readonly prefix: string;
}

/**
 * What a program will see: the image, the places that are made in it, and over them the mounts, each over the ones
 * before it. Links are followed as the kernel will, whichever of these they lie on and lead to.
 */
export class MountedTree implements FileTree {
  readonly name: string;
  readonly #image: FileTree;
  readonly #made = new Map<string, FileTreeEntry>();
  /** By target, the last one on it; `order` is that in which they were mounted. A control run has hundreds. */
  readonly #mounts = new Map<string, MountedSource & { readonly order: number }>();

  #mounted = 0;

  constructor(image: FileTree) {
    this.#image = image;
    this.name = image.name;
  }

  /** @param path canonical, in a directory that is there. */
  make({ path, kind }: MountPointRequest): void {
    this.#made.set(path, { ...MADE, kind, mode: kind === 'file' ? 0o644 : 0o755, identity: `made:${path}` });
  }

  /** @param target canonical. Error: NOT_FOUND. */
  mount(source: string, target: string): void {
    const isDirectory = kindOfSource(source) === 'directory';
    const real = realpathSync(source);
    const tree = directoryTree(isDirectory ? real : dirname(real));
    const prefix = isDirectory ? '' : `/${basename(real)}`;
    this.#mounts.set(target, { target, tree, prefix, order: (this.#mounted += 1) });
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
    const added = [...this.#made.keys(), ...this.#mounts.keys()];
    const names = added.filter((one) => dirname(one) === at && one !== at).map((one) => basename(one));
    return [...new Set([...tree.list(inside), ...names])].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
  }

  open(path: string): ReturnType<FileTree['open']> {
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
    if (mount === undefined) return { tree: this.#image, path };
    return { tree: mount.tree, path: join('/', mount.prefix + path.slice(mount.target.length)) };
  }

  /** Of those at or above a path, the last one lies on top. One on the root is refused, and shows nothing before. */
  #mountOf(path: string): MountedSource | undefined {
    let top: (MountedSource & { readonly order: number }) | undefined;
    for (let at = path; at !== '/'; at = dirname(at)) {
      const mount = this.#mounts.get(at);
      if (mount !== undefined && (top === undefined || mount.order > top.order)) top = mount;
    }
    return top;
  }
}

const MADE = { uid: 0, gid: 0, sizeBytes: 0, target: '' } as const;

/** Whether the source of a mount is a file or a directory. Error: NOT_FOUND. */
export function kindOfSource(source: string): MountPointRequest['kind'] {
  const stat = statSync(source, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new MorselError('NOT_FOUND', `${source}: no such file or directory`, {
      hint: 'check the source of the mount: -v SRC:DST',
    });
  return stat.isDirectory() ? 'directory' : 'file';
}
