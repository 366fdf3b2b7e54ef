import { join } from 'node:path/posix';
import { type MountedTree, readCapability, shebangInTree } from '../../rootfs/index.ts';
import type { RunRequest } from '../sandbox.ts';

/** A file whose execution gains something: execve(2), capabilities(7). */
export interface PrivilegedFile {
  /** Canonical in the root. */
  readonly path: string;
  /** security.capability; null where it is by its mode alone. */
  readonly capability: Uint8Array | null;
  readonly isSetId: boolean;
  /** It lies on a mount, and has what it has. */
  readonly isMounted: boolean;
  /** As the image says, for a file with such a mode; null where nobody said. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

/** A file gets its capabilities in a copy, in memory; the program's own file at any size. */
const COPIED_LIMIT_BYTES = 64 * 1024 * 1024;

const S_ISUID = 0o4000;
const S_ISGID = 0o2000;
/** An interpreter may be a script in turn: BINPRM_MAX_RECURSION of fs/exec.c. */
const INTERPRETERS_LIMIT = 5;

/** What the kernel executes for a path in the end: for a script its interpreter, whose bits hold instead of its own. */
export async function privilegedFile(
  tree: MountedTree,
  path: string,
  request: RunRequest,
): Promise<PrivilegedFile | null> {
  let executed = path.startsWith('/') ? path : join(request.cwd, path);
  for (let depth = 0; depth < INTERPRETERS_LIMIT; depth += 1) {
    const interpreter = shebangInTree(tree, executed)?.interpreter;
    if (interpreter === undefined) break;
    executed = interpreter;
  }
  return privilegesOf(tree, executed, request);
}

/** Those of the image that a program may come to execute. @param first is none of them. */
export async function otherPrivilegedFiles(
  tree: MountedTree,
  first: PrivilegedFile | null,
  request: RunRequest,
): Promise<readonly PrivilegedFile[]> {
  const { capabilities, setIds } = request;
  const paths = new Set([...(capabilities?.keys() ?? []), ...(setIds?.keys() ?? [])]);
  const found: PrivilegedFile[] = [];
  for (const path of [...paths].toSorted()) {
    const file = path === first?.path ? null : await privilegesOf(tree, path, request);
    if (file === null || file.isMounted) continue;
    const isTooLarge = (tree.lstat(path)?.sizeBytes ?? 0) > COPIED_LIMIT_BYTES;
    found.push(isTooLarge ? { ...file, capability: null } : file);
  }
  return found;
}

async function privilegesOf(
  tree: MountedTree,
  path: string,
  { capabilities, setIds, plainFiles }: RunRequest,
): Promise<PrivilegedFile | null> {
  const file = tree.resolve(path);
  if (file === null || file.entry.kind !== 'file' || (file.entry.mode & 0o111) === 0) return null;
  const isMounted = tree.isMounted(file.path);
  const isPlain = plainFiles?.has(file.path) === true;
  const capability = isMounted
    ? await capabilityOf(isPlain ? null : tree.hostPath(file.path))
    : (capabilities?.get(file.path) ?? null);
  const isSetId = (file.entry.mode & (S_ISUID | S_ISGID)) !== 0;
  if (capability === null && !isSetId) return null;
  const owner = isMounted ? null : (setIds?.get(file.path) ?? null);
  return { path: file.path, capability, isSetId, isMounted, owner };
}

/** Of a file of this machine. */
async function capabilityOf(hostPath: string | null): Promise<Uint8Array | null> {
  const xattrs = hostPath === null ? null : await readCapability(hostPath);
  return xattrs?.['security.capability'] ?? null;
}
