import { lstatSync } from 'node:fs';
import type { FileTree } from '../rootfs/index.ts';
import { sourceOfCompiled } from './compiled-source.ts';

/** Larger compiled modules are left as they are. */
const PYC_LIMIT_BYTES = 16 * 1024 * 1024;
/** PEP 552: magic number, flags, then time and size of the source, or its hash; four bytes each, little-endian. */
const HEADER_BYTES = 16;
const FLAGS = 4;
const SOURCE_TIME = 8;
const SOURCE_SIZE = 12;
/** The header with flags came with magic 3392 (Python 3.7a4); 62211 and above, and below 3000, are older or other Pythons'. */
const FIRST_WITH_FLAGS = 3392;
const LAST_WITH_FLAGS = 20_000;
/** Bit 0: by hash; bit 1, whether the hash is to be held against the source, is not set. */
const UNCHECKED_HASH = 1;

/** What is to be done with a file of compiled Python when it goes into a layer, whose files all have one time. */
export type PycVerdict =
  /** Its bytes as they are: it is no such file, or does not look at times. */
  | { readonly kind: 'as-it-is' }
  /** It would be taken for stale in each start, and compiled anew: it is better to have none, for Python reads it first. */
  | { readonly kind: 'leave-out' }
  /** It is what its source compiles to now, and says that this need not be checked. */
  | { readonly kind: 'unchecked'; readonly content: Buffer };

const AS_IT_IS: PycVerdict = { kind: 'as-it-is' };
const LEAVE_OUT: PycVerdict = { kind: 'leave-out' };

/** @param path canonical, in the tree. */
export function pycVerdict(tree: FileTree, path: string): PycVerdict {
  const source = path.endsWith('.pyc') ? sourceOfCompiled(path) : null;
  if (source === null) return AS_IT_IS;
  const content = contentOf(tree, path);
  if (content === null) return AS_IT_IS;
  const magic = content.readUInt16LE(0);
  if (magic < FIRST_WITH_FLAGS || magic > LAST_WITH_FLAGS || content.readUInt16LE(2) !== 0x0a0d)
    return LEAVE_OUT;
  if ((content.readUInt32LE(FLAGS) & UNCHECKED_HASH) !== 0) return AS_IT_IS;
  if (content.readUInt32LE(FLAGS) !== 0 || !isCurrent(tree, source, content)) return LEAVE_OUT;
  const unchecked = Buffer.from(content);
  // No hash of the source is known here, and none is looked at.
  unchecked.fill(0, FLAGS, HEADER_BYTES);
  unchecked.writeUInt32LE(UNCHECKED_HASH, FLAGS);
  return { kind: 'unchecked', content: unchecked };
}

function contentOf(tree: FileTree, path: string): Buffer | null {
  const source = tree.open(path);
  if (source === null) return null;
  try {
    const isPyc = source.sizeBytes >= HEADER_BYTES && source.sizeBytes <= PYC_LIMIT_BYTES;
    return isPyc ? source.read(0, source.sizeBytes) : null;
  } finally {
    source.close();
  }
}

/** As Python itself decides: the source's time and size, each modulo 2^32. */
function isCurrent(tree: FileTree, source: string, content: Buffer): boolean {
  const host = tree.hostPath?.(source) ?? null;
  if (host === null) return false;
  const { mtimeMs, size } = lstatSync(host);
  return (
    content.readUInt32LE(SOURCE_TIME) === Math.floor(mtimeMs / 1000) >>> 0 &&
    content.readUInt32LE(SOURCE_SIZE) === size >>> 0
  );
}
