import type { FileTree } from './file-tree.ts';

/** `file`: the absolute path in the tree, links and `..` not resolved. */
export type LocatedProgram =
  /** `path` is what is executed: argv[0] where it has a slash. Whether this user may, and this kernel can, is not asked. */
  | { readonly kind: 'found'; readonly path: string; readonly file: string }
  | { readonly kind: 'directory'; readonly file: string }
  /** In PATH are only files of this name that nobody may execute; the first of them. */
  | { readonly kind: 'not-executable'; readonly file: string }
  | { readonly kind: 'absent'; readonly searched: readonly string[] };

export interface LocateWhere {
  readonly cwd: string;
  readonly path: string | undefined;
}

/**
 * The file that execvp(3) and the runtimes would execute for argv[0], inside the tree. A name with a slash is a path from
 * the working directory; another is looked up in PATH, where files that nobody may execute are passed over.
 */
export function locateProgram(tree: FileTree, name: string, where: LocateWhere): LocatedProgram {
  return name.includes('/') ? locatePath(tree, name, where) : searchPath(tree, name, where);
}

function locatePath(tree: FileTree, name: string, where: LocateWhere): LocatedProgram {
  const file = absolute(where.cwd, name);
  const entry = tree.resolve(file)?.entry;
  if (entry === undefined) return { kind: 'absent', searched: [file] };
  return entry.kind === 'directory' ? { kind: 'directory', file } : { kind: 'found', path: name, file };
}

function searchPath(tree: FileTree, name: string, where: LocateWhere): LocatedProgram {
  const searched = (where.path ?? '')
    .split(':')
    .map((directory) => below(directory === '' ? where.cwd : absolute(where.cwd, directory), name));
  const modeOf = (file: string): number | null => {
    const entry = tree.resolve(file)?.entry;
    return entry?.kind === 'file' ? entry.mode : null;
  };
  const file = searched.find((path) => ((modeOf(path) ?? 0) & 0o111) !== 0);
  if (file !== undefined) return { kind: 'found', path: file, file };
  const closed = searched.find((path) => modeOf(path) !== null);
  return closed === undefined ? { kind: 'absent', searched } : { kind: 'not-executable', file: closed };
}

/** `..` is left as it is: the tree goes up from where links have led, as the kernel does. */
function absolute(cwd: string, path: string): string {
  return path.startsWith('/') ? path : below(cwd, path);
}

const below = (directory: string, name: string): string => `${directory.replace(/\/+$/, '')}/${name}`;
