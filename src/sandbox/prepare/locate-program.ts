import { join } from 'node:path/posix';
import type { FileTree } from '../../rootfs/index.ts';
import type { ExecFailure } from '../start-failure.ts';

export type LocatedProgram =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing'; readonly failure: ExecFailure };

/**
 * The file that runc would execute for argv[0] (a name without a slash is looked up in PATH, inside the root), or why
 * there is none, in its words. `mounts` are targets of bind mounts: what lies under them cannot be seen yet.
 */
export function locateProgram(
  tree: FileTree,
  name: string,
  where: { readonly cwd: string; readonly path: string | undefined; readonly mounts: readonly string[] },
): LocatedProgram {
  const isMounted = (path: string): boolean =>
    where.mounts.some((target) => path === target || path.startsWith(`${target}/`));
  if (name.includes('/')) {
    const path = name.startsWith('/') ? name : join(where.cwd, name);
    if (isMounted(path)) return { kind: 'found', path: name };
    const entry = tree.resolve(path)?.entry;
    if (entry === undefined) return missing(name, 'ENOENT', `stat ${name}: no such file or directory`);
    return entry.kind === 'directory'
      ? missing(name, 'EISDIR', 'is a directory')
      : { kind: 'found', path: name };
  }
  for (const directory of (where.path ?? '').split(':')) {
    const path = join(directory === '' ? where.cwd : directory, name);
    const entry = tree.resolve(path)?.entry;
    if (isMounted(path) || (entry?.kind === 'file' && (entry.mode & 0o111) !== 0))
      return { kind: 'found', path };
  }
  return missing(name, 'ENOENT', 'executable file not found in $PATH');
}

function missing(name: string, errno: ExecFailure['errno'], reason: string): LocatedProgram {
  return { kind: 'missing', failure: { kind: 'exec', errno, message: `exec: "${name}": ${reason}` } };
}

/** The interpreter and its argument of a `#!` line, as the kernel reads it (fs/binfmt_script.c); null for other files. */
export function readShebang(
  tree: FileTree,
  path: string,
): { readonly interpreter: string; readonly argument: string | null } | null {
  const source = tree.open(path);
  if (source === null) return null;
  const head = source.read(0, SHEBANG_LIMIT_BYTES).toString('latin1');
  source.close();
  if (!head.startsWith('#!')) return null;
  const line = (head.slice(2).split('\n')[0] ?? '').replace(/^[ \t]+|[ \t]+$/g, '');
  const [, interpreter = '', argument = ''] = /^([^ \t]*)[ \t]*(.*)$/.exec(line) ?? [];
  return interpreter === '' ? null : { interpreter, argument: argument === '' ? null : argument };
}

/** BINPRM_BUF_SIZE. */
const SHEBANG_LIMIT_BYTES = 256;
