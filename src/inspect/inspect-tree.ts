import { createHash } from 'node:crypto';
import { MorselError } from '../core/errors.ts';
import { Turns } from '../core/turns.ts';
import { isElf, readElf } from '../elf/index.ts';
import { loaderSession, findClosure, type LoaderSession } from '../loader/index.ts';
import type { FileTree, WalkableTree, WalkedPath } from '../rootfs/index.ts';
import { packageOwners } from './package-owners.ts';
import type { TreeElfFile, TreeReport } from './report.ts';

/** A tree with more paths than this is not an image; Debian's largest desktop has half a million. */
export const TREE_ENTRIES_LIMIT = 1_000_000;
const HASH_CHUNK_BYTES = 1024 * 1024;
/** Read to find what is stored twice: a minute's work. Two files may be holes of terabytes. */
export const HASHED_LIMIT_BYTES = 32 * 1024 ** 3;
/** Of the smallest header, that of 32 bits (gABI chapter 4). */
const ELF_HEADER_BYTES = 52;

type OwnedLater = Omit<TreeElfFile, 'package'>;

/** Every ELF file of a tree, what each one lacks there, and what the tree holds twice. Errors: LIMIT_EXCEEDED, INTERRUPTED. */
export async function inspectTree(
  path: string,
  kind: 'directory' | 'image',
  tree: WalkableTree,
  signal?: AbortSignal,
): Promise<TreeReport> {
  const turns = new Turns(signal, `inspecting ${path}`);
  const { files, sizeBytes, elf, bySize } = await walkTree(tree, turns);
  const ownerOf = packageOwners(tree, new Set(elf.map((file) => file.path)));
  const owned = elf.map((file) => ({ ...file, package: ownerOf(file.path) }));
  return {
    path,
    kind,
    sizeBytes,
    files,
    elf: owned,
    missing: groupMissing(owned),
    duplicates: await findDuplicates(bySize, turns),
  };
}

interface Walked {
  /** Names of regular files. */
  readonly files: number;
  /** Of each file once. */
  readonly sizeBytes: number;
  readonly elf: readonly OwnedLater[];
  /** Each file that has content once. */
  readonly bySize: ReadonlyMap<number, readonly WalkedPath[]>;
}

async function walkTree(tree: WalkableTree, turns: Turns): Promise<Walked> {
  const session = loaderSession(tree);
  const elf: OwnedLater[] = [];
  const bySize = new Map<number, WalkedPath[]>();
  let files = 0;
  let sizeBytes = 0;
  let seen = 0;
  for (const walked of tree.walk()) {
    await turns.take();
    if ((seen += 1) > TREE_ENTRIES_LIMIT) throw tooManyPaths(tree);
    if (walked.entry.kind !== 'file') continue;
    files += 1;
    const report = inspectTreeFile(walked, tree, session);
    if (report !== null) elf.push(report);
    if (walked.isFurtherName || walked.entry.sizeBytes === 0) continue;
    sizeBytes += walked.entry.sizeBytes;
    addToGroup(bySize, walked.entry.sizeBytes, walked);
  }
  return { files, sizeBytes, bySize, elf: elf.sort((a, b) => comparePaths(a.path, b.path)) };
}

function tooManyPaths(tree: FileTree): MorselError {
  return new MorselError('LIMIT_EXCEEDED', `${tree.name} has more than ${TREE_ENTRIES_LIMIT} paths`, {
    hint: 'inspect a directory of it',
  });
}

/** Null for what is no ELF file, or none that can be read: its error belongs to `inspect FILE`. */
function inspectTreeFile(walked: WalkedPath, tree: FileTree, session: LoaderSession): OwnedLater | null {
  const { path, entry } = walked;
  if (entry.sizeBytes < ELF_HEADER_BYTES) return null;
  try {
    const source = walked.open();
    if (source === null) return null;
    try {
      if (!isElf(source)) return null;
      const facts = readElf(source);
      const dynamic = facts.interpreter !== null || facts.needed.length > 0;
      const missing = dynamic ? findClosure({ tree, path, session }).missing : [];
      return {
        path,
        sizeBytes: entry.sizeBytes,
        machine: facts.machine,
        link: facts.link,
        libc: facts.libc,
        interpreter: facts.interpreter,
        missing: [...new Set(missing.map(({ name }) => name))],
      };
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof MorselError) return null;
    throw error;
  }
}

function groupMissing(elf: readonly TreeElfFile[]): TreeReport['missing'] {
  const users = new Map<string, string[]>();
  for (const file of elf) for (const name of file.missing) addToGroup(users, name, file.path);
  return [...users]
    .map(([name, neededBy]) => ({ name, neededBy }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Same size first, then same content: most files are never read. Hard links are one file, not duplicates. What would take
 * more reading than `HASHED_LIMIT_BYTES` in all is not looked at.
 */
async function findDuplicates(
  bySize: ReadonlyMap<number, readonly WalkedPath[]>,
  turns: Turns,
): Promise<TreeReport['duplicates']> {
  const duplicates: { readonly sizeBytes: number; readonly paths: readonly string[] }[] = [];
  let leftBytes = HASHED_LIMIT_BYTES;
  for (const [sizeBytes, files] of bySize) {
    if (files.length === 1 || sizeBytes * files.length > leftBytes) continue;
    leftBytes -= sizeBytes * files.length;
    const byContent = new Map<string, string[]>();
    for (const file of files) addToGroup(byContent, await hashFile(file, turns), file.path);
    for (const paths of byContent.values()) {
      if (paths.length > 1) duplicates.push({ sizeBytes, paths: paths.sort(comparePaths) });
    }
  }
  const waste = ({ sizeBytes, paths }: TreeReport['duplicates'][number]): number =>
    sizeBytes * (paths.length - 1);
  return duplicates.sort((a, b) => waste(b) - waste(a) || comparePaths(a.paths[0] ?? '', b.paths[0] ?? ''));
}

function addToGroup<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}

function comparePaths(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A file that cannot be read is equal to none. */
async function hashFile(file: WalkedPath, turns: Turns): Promise<string> {
  const source = openOrNull(file);
  if (source === null) return file.path;
  try {
    const hash = createHash('sha256');
    for (let offset = 0; offset < source.sizeBytes; offset += HASH_CHUNK_BYTES) {
      await turns.take();
      hash.update(source.read(offset, HASH_CHUNK_BYTES));
    }
    return hash.digest('hex');
  } finally {
    source.close();
  }
}

function openOrNull(file: WalkedPath): ReturnType<WalkedPath['open']> {
  try {
    return file.open();
  } catch (error) {
    if (error instanceof MorselError) return null;
    throw error;
  }
}
