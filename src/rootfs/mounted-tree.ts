import type { ByteSource } from '../core/byte-source.ts';
import { compareBytes } from '../core/compare-bytes.ts';
import { isBelow } from '../core/is-below.ts';
import { directoryTree } from './directory-tree.ts';
import type { FileTree, FileTreeEntry } from './file-tree.ts';
import { resolvePath } from './resolve-path.ts';

/** A file or directory of this machine seen in a tree at `target`, which is canonical there. */
export interface TreeMount {
  readonly source: string;
  readonly target: string;
}

/**
 * A directory of this machine with mounts in it, as a program sees it that runs there: of two mounts on one place the
 * later, and links lead through what is mounted. The directories that a runtime makes for the mounts are there too.
 */
export function mountedTree(rootDir: string, mounts: readonly TreeMount[]): FileTree {
  return new MountedTree(rootDir, mounts);
}

const MADE_DIRECTORY: FileTreeEntry = {
  kind: 'directory',
  mode: 0o755,
  uid: 0,
  gid: 0,
  sizeBytes: 0,
  target: '',
  identity: 'made',
};

class MountedTree implements FileTree {
  readonly name: string;
  readonly #host = directoryTree('/');
  readonly #sources: ReadonlyMap<string, string>;
  readonly #made = new Set<string>();

  constructor(rootDir: string, mounts: readonly TreeMount[]) {
    this.name = rootDir;
    const real = (path: string): string => this.#host.resolve(path)?.path ?? path;
    this.#sources = new Map([
      ['/', real(rootDir)],
      ...mounts.map(({ source, target }) => [target, real(source)] as const),
    ]);
    for (const { target } of mounts)
      for (let end = target.lastIndexOf('/'); end > 0; end = target.lastIndexOf('/', end - 1))
        this.#made.add(target.slice(0, end));
  }

  lstat(path: string): FileTreeEntry | null {
    return resolvePath(path, this.#lstat, { followLast: false })?.entry ?? null;
  }

  resolve(path: string): ReturnType<FileTree['resolve']> {
    return resolvePath(path, this.#lstat);
  }

  list(path: string): readonly string[] {
    const found = this.resolve(path);
    if (found?.entry.kind !== 'directory') return [];
    const names = new Set(this.#host.list(this.#hostPath(found.path)));
    for (const place of [...this.#sources.keys(), ...this.#made])
      if (isBelow(place, found.path)) names.add(nameBelow(place, found.path));
    return [...names].sort((a, b) => compareBytes(a, b));
  }

  open(path: string): ByteSource | null {
    const found = this.resolve(path);
    return found?.entry.kind === 'file' ? this.#host.open(this.#hostPath(found.path)) : null;
  }

  hostPath(path: string): string | null {
    const found = this.resolve(path);
    return found === null ? null : this.#hostPath(found.path);
  }

  readonly #lstat = (path: string): FileTreeEntry | null =>
    this.#host.lstat(this.#hostPath(path)) ?? (this.#made.has(path) ? MADE_DIRECTORY : null);

  /** Of a canonical path: the innermost mount that it lies in. */
  #hostPath(path: string): string {
    for (let at = path; ; at = at.slice(0, at.lastIndexOf('/')) || '/') {
      const source = this.#sources.get(at);
      if (source !== undefined)
        return at === '/' ? `${trimmed(source)}${path}` : source + path.slice(at.length);
    }
  }
}

function trimmed(directory: string): string {
  return directory === '/' ? '' : directory;
}

function nameBelow(path: string, directory: string): string {
  const rest = path.slice(directory === '/' ? 1 : directory.length + 1);
  return rest.split('/', 1)[0] ?? rest;
}
