import type { FileTree, FileTreeEntry, ResolvedEntry } from './file-tree.ts';
import type { LayerEntry } from './layer-entry.ts';
import { resolvePath } from './resolve-path.ts';

/** The program of a planned image: its place there, and where its bytes are. */
export interface PlannedProgram {
  readonly path: string;
  readonly tree: FileTree;
  readonly source: string;
  readonly sizeBytes: number;
}

/** A planned image as a tree, before it is written: what a loader would see there. @param program that is not among the entries yet. */
export function entriesTree(entries: readonly LayerEntry[], program?: PlannedProgram): FileTree {
  const known = new Map<string, FileTreeEntry>([['/', directory()]]);
  const openers = new Map<string, () => ReturnType<FileTree['open']>>();
  const add = (path: string, entry: FileTreeEntry): void => {
    for (let end = path.indexOf('/', 1); end !== -1; end = path.indexOf('/', end + 1)) {
      const parent = path.slice(0, end);
      if (!known.has(parent)) known.set(parent, directory());
    }
    known.set(path, entry);
  };
  for (const entry of entries) {
    if (entry.kind === 'directory') add(entry.path, directory());
    else if (entry.kind === 'symlink')
      add(entry.path, { ...file(entry.path, 0), kind: 'symlink', target: entry.target });
    else {
      add(entry.path, file(entry.path, entry.sizeBytes));
      openers.set(entry.path, () => entry.open());
    }
  }
  if (program !== undefined) {
    add(program.path, file(program.path, program.sizeBytes));
    openers.set(program.path, () => program.tree.open(program.source));
  }

  const lstat = (path: string): FileTreeEntry | null => known.get(path) ?? null;
  const resolve = (path: string): ResolvedEntry | null => resolvePath(path, lstat);
  return {
    name: 'the planned image',
    lstat: (path) => resolvePath(path, lstat, { followLast: false })?.entry ?? null,
    resolve,
    list: (path) => childrenOf(resolve(path)?.path, known.keys()),
    open: (path) => openers.get(resolve(path)?.path ?? '')?.() ?? null,
  };
}

function childrenOf(directoryPath: string | undefined, paths: Iterable<string>): readonly string[] {
  if (directoryPath === undefined) return [];
  const prefix = directoryPath === '/' ? '/' : `${directoryPath}/`;
  const names = [...paths]
    .filter((path) => path.startsWith(prefix) && path !== '/' && !path.slice(prefix.length).includes('/'))
    .map((path) => path.slice(prefix.length));
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function directory(): FileTreeEntry {
  return { kind: 'directory', mode: 0o755, uid: 0, gid: 0, sizeBytes: 0, target: '', identity: '' };
}

function file(path: string, sizeBytes: number): FileTreeEntry {
  return { kind: 'file', mode: 0o755, uid: 0, gid: 0, sizeBytes, target: '', identity: path };
}
