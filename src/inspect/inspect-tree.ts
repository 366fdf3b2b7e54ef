import { createHash } from 'node:crypto';
import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { isElf, readElf } from '../elf/index.ts';
import { loaderSession, findClosure, type LoaderSession } from '../loader/index.ts';
import type { FileTree } from '../rootfs/index.ts';
import { type PackageOwners, readPackageOwners } from './package-owners.ts';
import type { TreeElfFile, TreeReport } from './report.ts';

/** A tree with more paths than this is not an image; Debian's largest desktop has half a million. */
export const TREE_ENTRIES_LIMIT = 4_000_000;
const HASH_CHUNK_BYTES = 1024 * 1024;

interface TreeFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly identity: string;
}

/** Every ELF file of a tree, what each one lacks there, and what the tree holds twice. Error: LIMIT_EXCEEDED. */
export function inspectTree(path: string, kind: 'directory' | 'image', tree: FileTree): TreeReport {
  const files = listFiles(tree);
  const session = loaderSession(tree);
  const owners = readPackageOwners(tree);
  const elf = files.flatMap((file) => inspectTreeFile(file, tree, session, owners));
  return {
    path,
    kind,
    sizeBytes: uniqueFiles(files).reduce((sum, file) => sum + file.sizeBytes, 0),
    files: files.length,
    elf,
    missing: groupMissing(elf),
    duplicates: findDuplicates(files, tree),
  };
}

function listFiles(tree: FileTree): readonly TreeFile[] {
  const files: TreeFile[] = [];
  const pending = ['/'];
  let seen = 0;
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const name of tree.list(directory)) {
      if ((seen += 1) > TREE_ENTRIES_LIMIT) {
        throw new MorselError('LIMIT_EXCEEDED', `${tree.name} has more than ${TREE_ENTRIES_LIMIT} paths`);
      }
      const path = directory === '/' ? `/${name}` : `${directory}/${name}`;
      const entry = tree.lstat(path);
      if (entry?.kind === 'directory') pending.push(path);
      else if (entry?.kind === 'file')
        files.push({ path, sizeBytes: entry.sizeBytes, identity: entry.identity });
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A file that cannot be read as ELF is no ELF file of the report; its error belongs to `inspect FILE`. */
function inspectTreeFile(
  file: TreeFile,
  tree: FileTree,
  session: LoaderSession,
  owners: PackageOwners,
): readonly TreeElfFile[] {
  const source = tree.open(file.path);
  if (source === null) return [];
  try {
    if (!isElf(source)) return [];
    const facts = readElf(source);
    const dynamic = facts.interpreter !== null || facts.needed.length > 0;
    const missing = dynamic ? findClosure({ tree, path: file.path, session }).missing : [];
    return [
      {
        path: file.path,
        sizeBytes: file.sizeBytes,
        machine: facts.machine,
        link: facts.link,
        libc: facts.libc,
        interpreter: facts.interpreter,
        missing: [...new Set(missing.map(({ name }) => name))],
        package: owners.ownerOf(file.path),
      },
    ];
  } catch (error) {
    if (error instanceof MorselError) return [];
    throw error;
  } finally {
    source.close();
  }
}

function groupMissing(elf: readonly TreeElfFile[]): TreeReport['missing'] {
  const users = new Map<string, string[]>();
  for (const file of elf)
    for (const name of file.missing) users.set(name, [...(users.get(name) ?? []), file.path]);
  return [...users]
    .map(([name, neededBy]) => ({ name, neededBy }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function uniqueFiles(files: readonly TreeFile[]): readonly TreeFile[] {
  return [...new Map(files.map((file) => [file.identity, file])).values()];
}

/** Same size first, then same content: most files are never read. Hard links are one file, not duplicates. */
function findDuplicates(files: readonly TreeFile[], tree: FileTree): TreeReport['duplicates'] {
  const bySize = groupBy(uniqueFiles(files), (file) => String(file.sizeBytes));
  const candidates = [...bySize.values()].filter(
    (group) => group.length > 1 && (group[0]?.sizeBytes ?? 0) > 0,
  );
  const byContent = candidates.flatMap((group) => [
    ...groupBy(group, (file) => hashFile(file, tree)).values(),
  ]);
  return byContent
    .filter((group) => group.length > 1)
    .map((group) => ({ sizeBytes: group[0]?.sizeBytes ?? 0, paths: group.map((file) => file.path) }))
    .sort((a, b) => b.sizeBytes * (b.paths.length - 1) - a.sizeBytes * (a.paths.length - 1));
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

function hashFile(file: TreeFile, tree: FileTree): string {
  const source = tree.open(file.path);
  if (source === null) return file.path;
  try {
    return hashSource(source);
  } finally {
    source.close();
  }
}

function hashSource(source: ByteSource): string {
  const hash = createHash('sha256');
  for (let offset = 0; offset < source.sizeBytes; offset += HASH_CHUNK_BYTES)
    hash.update(source.read(offset, HASH_CHUNK_BYTES));
  return hash.digest('hex');
}
