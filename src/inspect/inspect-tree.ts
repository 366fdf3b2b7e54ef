import { createHash, hash } from 'node:crypto';
import type { ByteSource } from '../core/byte-source.ts';
import { compareBytes } from '../core/compare-bytes.ts';
import { MorselError } from '../core/errors.ts';
import { Turns } from '../core/turns.ts';
import { isElf, readElf } from '../elf/index.ts';
import {
  type Closure,
  findClosure,
  loaderEnvironment,
  loaderSession,
  type LoaderSession,
  startsSecure,
} from '../loader/index.ts';
import type { FileTree, WalkableTree, WalkedPath } from '../rootfs/index.ts';
import { packageOwners } from '../packages/index.ts';
import type { TreeElfFile, TreeReport } from './report.ts';
import { TreeEntries } from './tree-entries.ts';

/** A tree with more paths than this is not an image; Debian's largest desktop has half a million. */
const TREE_ENTRIES_LIMIT = 1_000_000;
const HASH_CHUNK_BYTES = 1024 * 1024;
/** Read to find what is stored twice: a minute's work. Two files may be holes of terabytes. */
const HASHED_LIMIT_BYTES = 32 * 1024 ** 3;
/** Of the smallest header, that of 32 bits (gABI chapter 4). */
const ELF_HEADER_BYTES = 52;

/** As whom and in which surroundings programs of the tree are started: their loaders heed it. */
export interface TreeStart {
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly user: { readonly uid: number; readonly gid: number };
}

/** A directory says nothing of it; most who log into a machine are not root. */
const ORDINARY_START: TreeStart = { env: {}, workingDirectory: '/', user: { uid: 65532, gid: 65532 } };

type OwnedLater = Omit<TreeElfFile, 'package'>;

export interface InspectTreeOptions {
  readonly signal?: AbortSignal | undefined;
  readonly start?: TreeStart | undefined;
  /** Name every path of it. */
  readonly files?: boolean | undefined;
  /** Of an image. */
  readonly image?: TreeReport['image'];
}

/** Every ELF file of a tree, what each one lacks there, and what the tree holds twice. Errors: LIMIT_EXCEEDED, INTERRUPTED. */
export async function inspectTree(
  path: string,
  kind: 'directory' | 'image',
  tree: WalkableTree,
  { signal, start = ORDINARY_START, files: wantsFiles = false, image = null }: InspectTreeOptions = {},
): Promise<TreeReport> {
  const turns = new Turns(signal, `inspecting ${path}`);
  const paths = new TreeEntries(wantsFiles);
  const { files, sizeBytes, elf, filesOfSize } = await walkTree(tree, turns, start, paths);
  const ownerOf = packageOwners(tree, new Set(elf.map((file) => file.path)));
  const owned = elf.map((file) => ({ ...file, package: ownerOf(file.path) }));
  return {
    path,
    kind,
    sizeBytes,
    files,
    elf: owned,
    missing: groupMissing(owned),
    duplicates: await findDuplicates(tree, filesOfSize, turns),
    replaced: tree.replacements ?? [],
    ...paths.sorted(),
    image,
  };
}

interface Walked {
  /** Names of regular files. */
  readonly files: number;
  /** Of each file once. */
  readonly sizeBytes: number;
  readonly elf: readonly OwnedLater[];
  /** How many have that size. */
  readonly filesOfSize: ReadonlyMap<number, number>;
}

async function walkTree(
  tree: WalkableTree,
  turns: Turns,
  start: TreeStart,
  paths: TreeEntries,
): Promise<Walked> {
  const session = loaderSession(tree);
  const elf: OwnedLater[] = [];
  const filesOfSize = new Map<number, number>();
  let files = 0;
  let sizeBytes = 0;
  let seen = 0;
  for (const walked of tree.walk()) {
    await turns.take();
    if ((seen += 1) > TREE_ENTRIES_LIMIT) throw tooManyPaths(tree);
    paths.add(walked);
    if (walked.entry.kind !== 'file') continue;
    files += 1;
    const report = inspectTreeFile(walked, { tree, session, start });
    if (report !== null) elf.push(report);
    const size = walked.entry.sizeBytes;
    if (walked.isFurtherName || size === 0) continue;
    sizeBytes += size;
    filesOfSize.set(size, (filesOfSize.get(size) ?? 0) + 1);
  }
  return { files, sizeBytes, filesOfSize, elf: elf.sort((a, b) => compareBytes(a.path, b.path)) };
}

function tooManyPaths(tree: FileTree): MorselError {
  return new MorselError('LIMIT_EXCEEDED', `${tree.name} has more than ${TREE_ENTRIES_LIMIT} paths`, {
    hint: 'inspect a directory of it',
  });
}

interface TreePlace {
  readonly tree: FileTree;
  readonly session: LoaderSession;
  readonly start: TreeStart;
}

/** Null for what is no ELF file, or none that can be read: its error belongs to `inspect FILE`. */
function inspectTreeFile(walked: WalkedPath, place: TreePlace): OwnedLater | null {
  const { path, entry } = walked;
  if (entry.sizeBytes < ELF_HEADER_BYTES) return null;
  try {
    const source = walked.open();
    if (source === null) return null;
    try {
      if (!isElf(source)) return null;
      const facts = readElf(source);
      const dynamic = facts.interpreter !== null || facts.needed.length > 0;
      const missing = dynamic ? missingOf(walked, place) : [];
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

/** Of a loader whose rules are not known, nothing is: what it finds is not said to be missing. */
function missingOf({ path, entry }: WalkedPath, { tree, session, start }: TreePlace): Closure['missing'] {
  const { env, workingDirectory, user } = start;
  const secure = startsSecure(entry, user);
  const request = { tree, path, session, ...loaderEnvironment(env, workingDirectory), secure };
  const { loader, missing } = findClosure(request);
  return loader === 'other' ? [] : missing;
}

function groupMissing(elf: readonly TreeElfFile[]): TreeReport['missing'] {
  const users = new Map<string, string[]>();
  for (const file of elf) for (const name of file.missing) addToGroup(users, name, file.path);
  return [...users]
    .map(([name, neededBy]) => ({ name, neededBy }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function addToGroup<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}

interface DuplicateGroup {
  readonly sizeBytes: number;
  readonly paths: string[];
}

/**
 * Only what has a size in common is read, in a second walk: to keep all paths of the first one would cost more memory
 * than all else. Hard links are one file, not duplicates.
 */
async function findDuplicates(
  tree: WalkableTree,
  filesOfSize: ReadonlyMap<number, number>,
  turns: Turns,
): Promise<TreeReport['duplicates']> {
  const sizes = sizesToRead(filesOfSize);
  const firstPaths = new Map<string, string>();
  const groups = new Map<string, DuplicateGroup>();
  for (const walked of tree.walk()) {
    await turns.take();
    const { entry, path, isFurtherName } = walked;
    if (entry.kind !== 'file' || isFurtherName || !sizes.has(entry.sizeBytes)) continue;
    const digest = await hashFile(walked, turns);
    if (digest === null) continue;
    const first = firstPaths.get(digest);
    if (first === undefined) {
      firstPaths.set(digest, path);
      continue;
    }
    const group = groups.get(digest);
    if (group === undefined) groups.set(digest, { sizeBytes: entry.sizeBytes, paths: [first, path] });
    else group.paths.push(path);
  }
  for (const { paths } of groups.values()) paths.sort(compareBytes);
  const waste = ({ sizeBytes, paths }: DuplicateGroup): number => sizeBytes * (paths.length - 1);
  return [...groups.values()].sort(
    (a, b) => waste(b) - waste(a) || compareBytes(a.paths[0] ?? '', b.paths[0] ?? ''),
  );
}

/** Those that several files have, as far as reading these stays within HASHED_LIMIT_BYTES in all: files may be sparse. */
function sizesToRead(filesOfSize: ReadonlyMap<number, number>): ReadonlySet<number> {
  const sizes = new Set<number>();
  let leftBytes = HASHED_LIMIT_BYTES;
  for (const [sizeBytes, count] of filesOfSize) {
    if (count < 2 || sizeBytes * count > leftBytes) continue;
    leftBytes -= sizeBytes * count;
    sizes.add(sizeBytes);
  }
  return sizes;
}

/** Null for a file that cannot be read. One character a byte: there may be half a million of these. */
async function hashFile(file: WalkedPath, turns: Turns): Promise<string | null> {
  try {
    const source = file.open();
    if (source === null) return null;
    try {
      return await hashSource(source, turns);
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof MorselError && error.code !== 'INTERRUPTED') return null;
    throw error;
  }
}

async function hashSource(source: ByteSource, turns: Turns): Promise<string> {
  if (source.sizeBytes <= HASH_CHUNK_BYTES) return hash('sha256', source.read(0, HASH_CHUNK_BYTES), 'binary');
  const running = createHash('sha256');
  for (let offset = 0; offset < source.sizeBytes; offset += HASH_CHUNK_BYTES) {
    await turns.take();
    running.update(source.read(offset, HASH_CHUNK_BYTES));
  }
  return running.digest('binary');
}
