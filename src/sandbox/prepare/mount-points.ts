import { dirname, join } from 'node:path/posix';
import { statSync } from 'node:fs';
import { MorselError } from '../../core/errors.ts';
import { type FileTree, type MadePlace, MountedTree } from '../../rootfs/index.ts';

/** In their order: each is looked for in what the ones before it have made and mounted. */
export interface PlaceRequest extends MadePlace {
  /** Of this machine, where the place is for that. */
  readonly source?: string;
}

export interface MountPoints {
  /** What the image lacks, each after the directory that it is in; canonical paths in the root. */
  readonly missing: readonly MadePlace[];
  /** Directories of the image that get a new name in them: their times are to stay. */
  readonly changed: readonly string[];
  /** With everything mounted. */
  readonly tree: MountedTree;
  /** Where `path` really is in the root, without symbolic links; null when nothing can be mounted there. */
  resolve(path: string): string | null;
}

/**
 * The places that a container mounts on and the image lacks, as docker makes them in the container's own layer; here
 * they are made in the overlay of the run, and the unpacked image stays as it is. Links of the image are followed
 * inside it. In a mount nothing is made: it is somebody's folder. Decides, and changes nothing. Error: NOT_FOUND.
 */
export function planMountPoints(image: FileTree, requests: readonly PlaceRequest[]): MountPoints {
  const plan = new MountPointPlan(image);
  const resolved = new Map<string, string | null>();
  for (const request of requests) resolved.set(request.path, plan.place(request));
  const { missing, changed, tree } = plan;
  return { missing, changed: [...changed], tree, resolve: (path) => resolved.get(path) ?? null };
}

class MountPointPlan {
  readonly missing: MadePlace[] = [];
  readonly changed = new Set<string>();
  readonly tree: MountedTree;
  readonly #planned = new Set<string>();

  constructor(image: FileTree) {
    this.tree = new MountedTree(image);
  }

  /** The canonical path, planned where it is missing; null when something else is in the way. */
  place({ path, kind, source }: PlaceRequest): string | null {
    if (source === undefined) return this.#existing(path, kind) ?? this.#walk(path, kind);
    const target = this.#linkOfMount(path) ?? this.#existing(path, kind) ?? this.#walk(path, kind);
    if (target !== null) this.tree.mount(source, target);
    return target;
  }

  /**
   * A link in a mount to mount something on: the folder is somebody's, and an earlier program may have put it there. The
   * kernel refuses it, as it would one that is put there from now on.
   */
  #linkOfMount(path: string): string | null {
    const at = this.tree.resolve(path, (link) => !this.tree.isMounted(link))?.path;
    return at !== undefined && this.tree.isMounted(at) && this.tree.lstat(at)?.kind === 'symlink' ? at : null;
  }

  #existing(path: string, kind: MadePlace['kind']): string | null {
    const found = this.tree.resolve(path);
    // Over a device or a socket no file is mounted.
    return found?.entry.kind === kind ? found.path : null;
  }

  #walk(path: string, kind: MadePlace['kind']): string | null {
    const names = join('/', path).split('/').slice(1);
    let at: string | null = '/';
    for (const [index, name] of names.entries()) {
      if (this.#existing(at, 'directory') === null) return null;
      at = this.#step(join(at, name), index === names.length - 1 ? kind : 'directory');
      if (at === null) return null;
    }
    return this.#existing(at, kind);
  }

  /** What is at a path whose directory is there, planned or not. */
  #step(path: string, kind: MadePlace['kind']): string | null {
    const found = this.tree.resolve(path);
    if (found !== null) return found.path;
    // A link that leads nowhere is the image's own decision.
    return this.tree.isMounted(path) || this.tree.lstat(path) !== null ? null : this.#plan(path, kind);
  }

  #plan(path: string, kind: MadePlace['kind']): string {
    this.#planned.add(path);
    this.tree.make({ path, kind });
    this.missing.push({ path, kind });
    if (!this.#planned.has(dirname(path))) this.changed.add(dirname(path));
    return path;
  }
}

/** Whether the source of a mount is a file or a directory. Error: NOT_FOUND. */
export function kindOfSource(source: string): MadePlace['kind'] {
  const stat = statSync(source, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new MorselError('NOT_FOUND', `${source}: no such file or directory`, {
      hint: 'check the source of the mount: -v SRC:DST',
    });
  return stat.isDirectory() ? 'directory' : 'file';
}
