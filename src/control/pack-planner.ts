import { dirname } from 'node:path/posix';
import { mergedName } from '../packages/index.ts';
import { type FileTree, type FileTreeEntry, resolvePath, SYMLINK_LIMIT } from '../rootfs/index.ts';
import type { PackedPath } from './candidates.ts';
import type { Owner } from './owner.ts';

/** Who a path is packed for. */
export interface PackReason {
  readonly owner: Owner;
  readonly reason: string;
}

/** Two places at once: in the image that comes to be, and where the same is in the source root. */
interface Position {
  image: string;
  source: string;
}

type Step = 'on' | 'end';

/**
 * Puts files of a source root into an image, by the names by which they were used: each directory and each link on the
 * way, as far as the image has none of its own. An image's directory may stand where the source has a link (/lib): then
 * the file lies in it, and by its other names is a link to that, since loaders take a second copy for a second library.
 */
export class PackPlanner {
  readonly #source: FileTree;
  readonly #image: FileTree;
  readonly #planned = new Map<string, PackedPath>();
  /** Canonical path in the source → where it lies in the image. */
  readonly #placed = new Map<string, string>();

  constructor(source: FileTree, image: FileTree) {
    this.#source = source;
    this.#image = image;
  }

  /** In the order of their paths. */
  get planned(): readonly PackedPath[] {
    return [...this.#planned.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** What is at a path of the image with all that is planned. */
  has(path: string): boolean {
    return resolvePath(path, this.#lstat) !== null;
  }

  /** Where the image has it already: by its other names it is to be the same file. */
  know(path: string): void {
    const end = this.#image.resolve(path)?.entry.kind === 'file' ? this.#source.resolve(path) : null;
    if (end?.entry.kind === 'file' && !this.#placed.has(end.path)) this.#placed.set(end.path, path);
  }

  /** False where the image has something else on the way. */
  place(path: string, why: PackReason): boolean {
    const at: Position = { image: '', source: '' };
    const pending = path.split('/').reverse();
    let links = 0;
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (isNothing(name)) continue;
      if (name === '..') {
        up(at);
        continue;
      }
      const next = { image: `${at.image}/${name}`, source: `${at.source}/${name}` };
      const entry = this.#source.lstat(next.source);
      if (entry === null || (entry.kind === 'symlink' && ++links > SYMLINK_LIMIT)) return false;
      const isLast = pending.every(isNothing);
      const way = isLast ? why : { ...why, reason: `on the way to ${path}` };
      const step =
        entry.kind === 'symlink'
          ? this.#passLink(at, next, entry.target, pending, way)
          : this.#pass(at, next, entry, way);
      if (step !== 'on') return step === 'end' && isLast;
    }
    return true;
  }

  /** A further name of what has been placed, where the image has nothing of that name. */
  link(path: string, target: string, why: PackReason): void {
    if (this.has(path)) return;
    if (this.place(dirname(path), why)) this.#planned.set(path, { kind: 'link', path, target, ...why });
  }

  readonly #lstat = (path: string): FileTreeEntry | null => {
    const planned = this.#planned.get(path);
    return planned === undefined ? this.#image.lstat(path) : entryOf(planned);
  };

  #passLink(at: Position, next: Position, target: string, pending: string[], why: PackReason): Step | null {
    const there = this.#lstat(next.image);
    if (there !== null && (there.kind !== 'symlink' || there.target !== linkText(at, target)))
      return this.#passOther(at, next);
    const text = linkText(at, target);
    if (there === null)
      this.#planned.set(next.image, { kind: 'link', path: next.image, target: text, ...why });
    if (text.startsWith('/')) Object.assign(at, { image: '', source: '' });
    pending.push(...text.split('/').reverse());
    return 'on';
  }

  /** The image has something of its own where the source has a link: a directory, or a link to elsewhere. */
  #passOther(at: Position, next: Position): Step | null {
    const image = resolvePath(next.image, this.#lstat);
    const source = this.#source.resolve(next.source);
    if (image === null || source === null || image.entry.kind !== source.entry.kind) return null;
    Object.assign(at, { image: image.path, source: source.path });
    return image.entry.kind === 'directory' ? 'on' : 'end';
  }

  #pass(at: Position, next: Position, entry: FileTreeEntry, why: PackReason): Step | null {
    const there = resolvePath(next.image, this.#lstat);
    if (there === null && this.#lstat(next.image) !== null) return null;
    if (entry.kind === 'file') return this.#passFile(next, entry, there?.entry ?? null, why);
    if (entry.kind !== 'directory' || (there !== null && there.entry.kind !== 'directory')) return null;
    const { mode } = entry;
    if (there === null) this.#planned.set(next.image, { kind: 'directory', path: next.image, mode, ...why });
    Object.assign(at, { image: there?.path ?? next.image, source: next.source });
    return 'on';
  }

  #passFile(
    next: Position,
    { sizeBytes, mode }: FileTreeEntry,
    there: FileTreeEntry | null,
    why: PackReason,
  ): Step | null {
    if (there !== null) return there.kind === 'file' ? 'end' : null;
    const path = next.image;
    const other = this.#placed.get(next.source) ?? this.#otherName(path, sizeBytes);
    if (other === null) {
      this.#planned.set(path, {
        kind: 'file',
        path,
        source: next.source,
        content: null,
        sizeBytes,
        mode,
        ...why,
      });
      this.#placed.set(next.source, path);
    } else this.#planned.set(path, { kind: 'link', path, target: other, ...why });
    return 'end';
  }

  /** The image has it by its name on the other side of a merged /usr. */
  #otherName(path: string, sizeBytes: number): string | null {
    const other = mergedName(path);
    const found = other === null ? null : resolvePath(other, this.#lstat);
    return found?.entry.kind === 'file' && found.entry.sizeBytes === sizeBytes ? other : null;
  }
}

function isNothing(name: string): boolean {
  return name === '' || name === '.';
}

function up(at: Position): void {
  at.image = parentOf(at.image);
  at.source = parentOf(at.source);
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Where the two places differ, what goes up in a link would lead elsewhere in the image. */
function linkText(at: Position, target: string): string {
  if (at.image === at.source || target.startsWith('/') || !target.split('/').includes('..')) return target;
  const names = at.source.split('/').slice(1);
  for (const name of target.split('/'))
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  return `/${names.join('/')}`;
}

function entryOf(packed: PackedPath): FileTreeEntry {
  return {
    kind: packed.kind === 'link' ? 'symlink' : packed.kind,
    mode: packed.kind === 'link' ? 0o777 : packed.mode,
    uid: 0,
    gid: 0,
    sizeBytes: packed.kind === 'file' ? packed.sizeBytes : 0,
    target: packed.kind === 'link' ? packed.target : '',
    identity: packed.path,
  };
}
