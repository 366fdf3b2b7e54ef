import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { CHANGING_FILES_HINT } from '../core/hints.ts';
import type { MachineName } from '../core/machines.ts';
import type { ElfFacts } from '../elf/index.ts';
import type { FileTree } from '../rootfs/file-tree.ts';
import { LD_SO_CACHE_LIMIT_BYTES, type LdSoCache, parseLdSoCache } from './ld-so-cache.ts';
import { type LdSoProfile, readLdSoProfile, usualProfile } from './ld-so-profile.ts';
import { type LinkFacts, looksLikeLibc, readAllFacts, readLinkFacts } from './link-facts.ts';

/** A regular file (or a directory, which opens but cannot be loaded) that a loader may take for a library. */
export interface ObjectFile {
  readonly realPath: string;
  readonly identity: string;
  readonly sizeBytes: number;
  readonly isDirectory: boolean;
  /** The first bytes as latin1, which keeps no larger buffer alive; empty for a directory. */
  readonly head: string;
  /** null when the bytes are not a readable ELF file; `problem` then says why. */
  readonly link: LinkFacts | null;
  readonly problem: string | null;
}

/** Enough for Elf64_Ehdr; and what one read takes: mostly the program headers and the interpreter too. */
const HEAD_BYTES = 64;
const FIRST_BYTES = 2048;
/** Files, answers and paths kept by one session; a whole distribution has some ten thousand objects. */
const REMEMBERED_LIMIT = 300_000;

/**
 * What has been read of one tree, shared by the closures of many programs: each file is read once. The tree must not
 * change while a session is in use; make a new one after that.
 */
export class LoaderSession {
  readonly tree: FileTree;
  readonly #files = new Map<string, ObjectFile>();
  readonly #opened = new Map<string, ObjectFile | null>();
  readonly #directories = new Map<string, boolean>();
  readonly #profiles = new Map<string, LdSoProfile>();
  readonly #answers = new Map<string, Map<string, unknown>>();
  readonly #facts = new Map<string, ElfFacts>();
  #cache: { readonly littleEndian: boolean; readonly cache: LdSoCache | null } | undefined;

  constructor(tree: FileTree) {
    this.tree = tree;
  }

  /** What open(2) and a first look give; null when there is nothing, or it cannot be read: the search goes on. */
  open(path: string): ObjectFile | null {
    return remembered(this.#opened, path, () => {
      const found = this.tree.resolve(path);
      if (found === null || (found.entry.kind !== 'file' && found.entry.kind !== 'directory')) return null;
      const known = this.#files.get(found.path);
      if (known !== undefined) return known;
      const { identity, sizeBytes } = found.entry;
      const common = { realPath: found.path, identity, sizeBytes };
      const file =
        found.entry.kind === 'directory'
          ? { ...common, isDirectory: true, head: '', link: null, problem: 'is a directory' }
          : this.#read(common);
      if (file !== null) this.#files.set(found.path, file);
      return file;
    });
  }

  #read(common: Pick<ObjectFile, 'realPath' | 'identity' | 'sizeBytes'>): ObjectFile | null {
    const source = this.#source(common.realPath);
    if (source === null) return null;
    try {
      const first = source.read(0, FIRST_BYTES);
      const head = first.toString('latin1', 0, HEAD_BYTES);
      const { link, problem } = readLink(withFirst(source, first));
      const { realPath, identity, sizeBytes } = common;
      return { realPath, identity, sizeBytes, isDirectory: false, head, link, problem };
    } finally {
      source.close();
    }
  }

  /** EACCES is as good as ENOENT to both loaders. */
  #source(path: string): ByteSource | null {
    try {
      return this.tree.open(path);
    } catch (cause) {
      if (cause instanceof MorselError && (cause.code === 'UNREADABLE' || cause.code === 'NOT_FOUND'))
        return null;
      throw cause;
    }
  }

  /** Everything that the bytes of a file say; read once. Errors: NOT_FOUND, NOT_AN_EXECUTABLE, ELF_INVALID. */
  facts(realPath: string): ElfFacts {
    return remembered(this.#facts, realPath, () => this.#withSource(realPath, readAllFacts));
  }

  looksLikeLibc(realPath: string): boolean {
    return this.answer('libc', realPath, () => {
      try {
        return this.#withSource(realPath, looksLikeLibc);
      } catch (cause) {
        if (cause instanceof MorselError) return false;
        throw cause;
      }
    });
  }

  #withSource<T>(path: string, use: (source: ByteSource) => T): T {
    const source = this.tree.open(path);
    if (source === null)
      throw new MorselError('NOT_FOUND', `${path}: no such file in ${this.tree.name}`, {
        hint: CHANGING_FILES_HINT,
      });
    try {
      return use(source);
    } finally {
      source.close();
    }
  }

  isDirectory(path: string): boolean {
    return remembered(this.#directories, path, () => this.tree.resolve(path)?.entry.kind === 'directory');
  }

  /** How the ld.so at `path` searches; the usual way of its machine when the tree has none there. */
  profile(path: string | null, machine: MachineName | null): LdSoProfile {
    return remembered(this.#profiles, `${machine} ${path ?? ''}`, () => {
      const source = path === null ? null : this.#source(path);
      if (source === null) return usualProfile(machine);
      try {
        return readLdSoProfile(source, machine);
      } finally {
        source.close();
      }
    });
  }

  /** /etc/ld.so.cache; null when there is none that ld.so would use. */
  ldSoCache(littleEndian: boolean): LdSoCache | null {
    if (this.#cache?.littleEndian !== littleEndian) {
      const bytes = this.readSmallFile('/etc/ld.so.cache', LD_SO_CACHE_LIMIT_BYTES);
      this.#cache = { littleEndian, cache: bytes === null ? null : parseLdSoCache(bytes, littleEndian) };
    }
    return this.#cache.cache;
  }

  /** The content of a file of at most `limitBytes`; null when it is absent, unreadable or larger. */
  readSmallFile(path: string, limitBytes: number): Buffer | null {
    const source = this.#source(path);
    if (source === null) return null;
    try {
      return source.sizeBytes > limitBytes ? null : Buffer.from(source.read(0, source.sizeBytes));
    } finally {
      source.close();
    }
  }

  /** Remembers an answer that depends on the tree and `context` only. */
  answer<T>(context: string, key: string, find: () => T): T {
    let answers = this.#answers.get(context);
    if (answers === undefined) this.#answers.set(context, (answers = new Map()));
    return remembered(answers as Map<string, T>, key, find);
  }
}

/** A session to pass to many `findClosure` calls over one tree. */
export function loaderSession(tree: FileTree): LoaderSession {
  return new LoaderSession(tree);
}

/** The same source, whose first bytes are in memory: the ELF header is read once for both its readers. */
function withFirst(source: ByteSource, first: Buffer): ByteSource {
  return {
    name: source.name,
    sizeBytes: source.sizeBytes,
    read: (offset, length) =>
      offset >= 0 && offset + length <= first.length
        ? first.subarray(offset, offset + length)
        : source.read(offset, length),
    close: () => source.close(),
  };
}

function readLink(source: ByteSource): Pick<ObjectFile, 'link' | 'problem'> {
  try {
    return { link: readLinkFacts(source), problem: null };
  } catch (cause) {
    if (cause instanceof MorselError) return { link: null, problem: cause.message };
    throw cause;
  }
}

function remembered<T>(known: Map<string, T>, key: string, find: () => T): T {
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size >= REMEMBERED_LIMIT) known.clear();
  const found = find();
  known.set(key, found);
  return found;
}
