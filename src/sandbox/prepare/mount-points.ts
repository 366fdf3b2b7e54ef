import { dirname, join } from 'node:path/posix';
import type { FileTree } from '../../rootfs/index.ts';

export interface MountPointRequest {
  readonly path: string;
  readonly kind: 'file' | 'directory';
}

export interface MountPoints {
  /** What the image lacks, each after the directory that it is in; canonical paths in the root. */
  readonly missing: readonly MountPointRequest[];
  /** Directories of the image that get a new name in them: their times are to stay. */
  readonly changed: readonly string[];
  /** Where `path` really is in the root, without symbolic links; null when nothing can be mounted there. */
  resolve(path: string): string | null;
}

/**
 * The places that a container mounts on and the image lacks, as docker makes them in the container's own layer; here
 * they are made in the overlay of the run, and the unpacked image stays as it is. Links of the image are followed
 * inside it. Decides, and changes nothing.
 */
export function planMountPoints(tree: FileTree, requests: readonly MountPointRequest[]): MountPoints {
  const plan = new MountPointPlan(tree);
  const resolved = new Map(requests.map((request) => [request.path, plan.place(request)]));
  return { missing: plan.missing, changed: [...plan.changed], resolve: (path) => resolved.get(path) ?? null };
}

class MountPointPlan {
  readonly missing: MountPointRequest[] = [];
  readonly changed = new Set<string>();
  readonly #tree: FileTree;
  readonly #planned = new Map<string, MountPointRequest['kind']>();

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  /** The canonical path, planned where it is missing; null when something else of the image is in the way. */
  place({ path, kind }: MountPointRequest): string | null {
    const existing = this.#tree.resolve(path);
    if (existing !== null) return this.#kindOf(existing.path) === kind ? existing.path : null;
    const names = join('/', path).split('/').slice(1);
    let at: string | null = '/';
    for (const [index, name] of names.entries()) {
      if (this.#kindOf(at) !== 'directory') return null;
      at = this.#step(join(at, name), index === names.length - 1 ? kind : 'directory');
      if (at === null) return null;
    }
    return this.#kindOf(at) === kind ? at : null;
  }

  /** What is at a path whose directory is there, planned or not: below what is planned there is nothing else. */
  #step(path: string, kind: MountPointRequest['kind']): string | null {
    if (this.#planned.has(path)) return path;
    if (this.#planned.has(dirname(path))) return this.#plan(path, kind);
    const found = this.#tree.resolve(path);
    if (found !== null) return found.path;
    // A link that leads nowhere is the image's own decision.
    return this.#tree.lstat(path) === null ? this.#plan(path, kind) : null;
  }

  #plan(path: string, kind: MountPointRequest['kind']): string {
    if (this.#planned.has(path)) return path;
    this.#planned.set(path, kind);
    this.missing.push({ path, kind });
    if (!this.#planned.has(dirname(path))) this.changed.add(dirname(path));
    return path;
  }

  #kindOf(path: string): MountPointRequest['kind'] | null {
    const planned = this.#planned.get(path);
    if (planned !== undefined) return planned;
    const kind = this.#tree.resolve(path)?.entry.kind;
    // Over a device or a socket no file is mounted.
    return kind === 'directory' || kind === 'file' ? kind : null;
  }
}
