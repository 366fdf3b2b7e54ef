import { dirname, join } from 'node:path/posix';
import type { FileTree } from '../rootfs/index.ts';

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
    const absent = this.#absentParts(path);
    if (absent === null) return null;
    let { at } = absent;
    absent.names.forEach((name, index) => {
      const isLast = index === absent.names.length - 1;
      at = this.#plan(join(at, name), isLast ? kind : 'directory');
    });
    return this.#kindOf(at) === kind ? at : null;
  }

  /** The deepest directory above `path` that is there, and the names that are not. */
  #absentParts(path: string): { readonly at: string; readonly names: readonly string[] } | null {
    const names: string[] = [];
    for (let at = join('/', path); ; at = dirname(at)) {
      const existing = this.#tree.resolve(at)?.path ?? (this.#planned.has(at) ? at : null);
      if (existing !== null) {
        const isUsable = names.length === 0 || this.#kindOf(existing) === 'directory';
        return isUsable ? { at: existing, names: names.reverse() } : null;
      }
      // A link that leads nowhere is the image's own decision; and below a file there is no place.
      if (this.#tree.lstat(at) !== null || at === '/') return null;
      names.push(at.slice(at.lastIndexOf('/') + 1));
    }
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
