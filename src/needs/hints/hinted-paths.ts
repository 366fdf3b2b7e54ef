import { compareBytes } from '../../core/compare-bytes.ts';
import type { FileTree } from '../../rootfs/file-tree.ts';
import { isOfTheSystem } from './system-paths.ts';
import type { PathLiteral } from './path-literals.ts';

/** Something of the source root that a program names in its bytes: it may read it, or may not. */
export interface HintedPath {
  /** As the bytes name it: links are for whoever packs it. */
  readonly path: string;
  /** `library`: one that it may open by itself, found by the loader's rules. */
  readonly kind: 'file' | 'directory' | 'library';
  /** Of all files in it. */
  readonly sizeBytes: number;
  readonly files: number;
  /** False where a directory has more than was looked at: the sizes are the least. */
  readonly isWhole: boolean;
  /** The object that names it. */
  readonly namedBy: string;
}

/** What one object names; the program stands first. */
export interface NamedPaths {
  readonly object: string;
  readonly literals: readonly PathLiteral[];
}

const HINTS_LIMIT = 200;
/** Entries of directories looked at for one hint, and in all. */
const DIRECTORY_LIMIT = 2000;
const ALL_DIRECTORIES_LIMIT = 20_000;

/**
 * The paths among the constants that are there in the tree, the most telling first: those with the program's name in them,
 * then the program's own, then those of its libraries. What every system has is left out.
 */
export function hintedPaths(named: readonly NamedPaths[], tree: FileTree): readonly HintedPath[] {
  const byPath = new Map<string, string>();
  for (const { object, literals } of named) {
    for (const literal of literals) {
      const path = existing(literal, tree);
      if (path !== null && !isOfTheSystem(path) && !byPath.has(path)) byPath.set(path, object);
    }
  }
  const [program] = named;
  const name = (program?.object ?? '').replace(/^.*\//, '').replace(/[\d.-]+$/, '');
  // Of the same rank, what packages bring stands before what a machine configures.
  const rankOf = (path: string, object: string): number =>
    (name.length > 1 && path.includes(name) ? 0 : object === program?.object ? 2 : 4) +
    (path.startsWith('/etc/') ? 1 : 0);
  const outermost = [...byPath].filter(([path]) => !hasParent(path, byPath));
  const ranked = outermost.sort(
    ([a, by], [b, other]) => rankOf(a, by) - rankOf(b, other) || compareBytes(a, b),
  );
  let left = ALL_DIRECTORIES_LIMIT;
  return ranked.slice(0, HINTS_LIMIT).flatMap(([path, namedBy]) => {
    const measured = measure(path, tree, Math.min(left, DIRECTORY_LIMIT));
    left -= measured.looked;
    const { looked: _, ...size } = measured;
    return size.files === 0 ? [] : [{ path, namedBy, ...size }];
  });
}

/** The path that is there; of literals that stand side by side, the longest beginning of a name that is. */
function existing({ path, isWhole }: PathLiteral, tree: FileTree): string | null {
  if (tree.resolve(path) !== null) return path;
  if (isWhole) return null;
  let known = '';
  for (const component of path.slice(1).split('/')) {
    const next = `${known}/${component}`;
    if (tree.resolve(next) !== null) {
      known = next;
      continue;
    }
    const names = tree.list(known).filter((name) => name.length > 2 && component.startsWith(name));
    const longest = names.sort((a, b) => b.length - a.length)[0];
    return longest === undefined ? null : `${known}/${longest}`;
  }
  return null;
}

function hasParent(path: string, among: ReadonlyMap<string, string>): boolean {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    if (among.has(path.slice(0, end))) return true;
  return false;
}

type Measured = Pick<HintedPath, 'kind' | 'sizeBytes' | 'files' | 'isWhole'> & { readonly looked: number };

function measure(path: string, tree: FileTree, limit: number): Measured {
  const found = tree.resolve(path);
  const entry = found?.entry;
  if (entry?.kind === 'file')
    return { kind: 'file', sizeBytes: entry.sizeBytes, files: 1, isWhole: true, looked: 1 };
  const seen = new Set<string>();
  const queue = found === null ? [] : [found.path];
  let sizeBytes = 0;
  let looked = 0;
  for (let directory = queue.pop(); directory !== undefined; directory = queue.pop()) {
    for (const name of tree.list(directory)) {
      if ((looked += 1) > limit)
        return { kind: 'directory', sizeBytes, files: seen.size, isWhole: false, looked };
      const inside = tree.lstat(`${directory}/${name}`);
      if (inside?.kind === 'directory') queue.push(`${directory}/${name}`);
      // Hard links are one file: git's programs are one.
      if (inside?.kind !== 'file' || seen.has(inside.identity)) continue;
      seen.add(inside.identity);
      sizeBytes += inside.sizeBytes;
    }
  }
  return { kind: 'directory', sizeBytes, files: seen.size, isWhole: true, looked };
}
