import type { ByteSource } from '../../core/byte-source.ts';
import { memoryByteSource } from '../../core/byte-source.ts';
import { MorselError } from '../../core/errors.ts';
import { isElf, type Payload, PYINSTALLER_COOKIE, readElfLinkage } from '../../elf/index.ts';

/**
 * What a PyInstaller program unpacks when it starts: its CArchive, as PyInstaller/archive/readers.py reads it. The table of
 * contents stands before a cookie at the end; members are stored or in zlib's format.
 */
export interface PyInstallerArchive {
  /** DT_NEEDED names that no member answers, each with the member that asks first. */
  readonly needed: ReadonlyMap<string, string>;
  /** False where there was more than the limits allow to look at. */
  readonly isWhole: boolean;
}

/** struct '!8sIIII64s': magic, sizes and places, and the name of the Python library. */
const COOKIE_BYTES = 88;
const COOKIE_SEARCH_BYTES = 64 * 1024;
/** struct '!IIIIBc' before each name. */
const ENTRY_HEAD_BYTES = 18;
const CONTENTS_LIMIT_BYTES = 8 * 1024 * 1024;
const ENTRY_LIMIT = 50_000;
/** Of one member, and of all: a program with PyTorch has some gigabytes, of which the names are wanted. */
const MEMBER_LIMIT_BYTES = 128 * 1024 * 1024;
const ALL_MEMBERS_LIMIT_BYTES = 512 * 1024 * 1024;

interface Member {
  readonly name: string;
  readonly offset: number;
  readonly storedBytes: number;
  readonly sizeBytes: number;
  readonly isCompressed: boolean;
  /** `b`: a library; `n`: a link to one. */
  readonly type: string;
}

/** null where the bytes are not such an archive. */
export function readPyInstallerArchive(source: ByteSource, payload: Payload): PyInstallerArchive | null {
  const members = readContents(source, payload.offset + payload.sizeBytes);
  if (members === null) return null;
  const own = new Set(members.map(({ name }) => baseOf(name)));
  const needed = new Map<string, string>();
  let left = ALL_MEMBERS_LIMIT_BYTES;
  let isWhole = true;
  for (const member of members.filter(({ type }) => type === 'b')) {
    left -= member.sizeBytes;
    const bytes = left < 0 || member.sizeBytes > MEMBER_LIMIT_BYTES ? null : readMember(source, member);
    if (bytes === null) isWhole = false;
    else for (const name of neededOf(bytes, own)) if (!needed.has(name)) needed.set(name, member.name);
  }
  return { needed, isWhole };
}

function readContents(source: ByteSource, end: number): readonly Member[] | null {
  const searchBytes = Math.min(COOKIE_SEARCH_BYTES, end);
  const tail = source.read(end - searchBytes, searchBytes);
  const at = tail.lastIndexOf(PYINSTALLER_COOKIE);
  if (at < 0 || at + COOKIE_BYTES > tail.length) return null;
  const cookie = tail.subarray(at);
  const archiveBytes = cookie.readUInt32BE(8);
  const start = end - searchBytes + at + COOKIE_BYTES - archiveBytes;
  const contentsBytes = cookie.readUInt32BE(16);
  if (start < 0 || contentsBytes > CONTENTS_LIMIT_BYTES) return null;
  return parseContents(source.read(start + cookie.readUInt32BE(12), contentsBytes), start, archiveBytes);
}

function parseContents(bytes: Buffer, start: number, archiveBytes: number): readonly Member[] {
  const members: Member[] = [];
  let at = 0;
  while (at + ENTRY_HEAD_BYTES <= bytes.length && members.length < ENTRY_LIMIT) {
    const entryBytes = bytes.readUInt32BE(at);
    if (entryBytes < ENTRY_HEAD_BYTES || at + entryBytes > bytes.length) break;
    const [offset, storedBytes, sizeBytes] = [4, 8, 12].map((field) => bytes.readUInt32BE(at + field)) as [
      number,
      number,
      number,
    ];
    const name = bytes.toString('utf8', at + ENTRY_HEAD_BYTES, at + entryBytes).replace(/\0.*$/s, '');
    const common = { name, storedBytes, sizeBytes, isCompressed: bytes[at + 16] === 1 };
    if (offset + storedBytes <= archiveBytes)
      members.push({ ...common, offset: start + offset, type: String.fromCharCode(bytes[at + 17] ?? 0) });
    at += entryBytes;
  }
  return members;
}

/** null where it is not what the table says. */
function readMember(source: ByteSource, member: Member): Buffer | null {
  const stored = source.read(member.offset, member.storedBytes);
  if (stored.length < member.storedBytes) return null;
  if (!member.isCompressed) return stored;
  // Loaded for the few programs that have such an archive: start-up counts.
  const { inflateSync } = process.getBuiltinModule('node:zlib');
  try {
    return inflateSync(stored, { maxOutputLength: Math.max(1, member.sizeBytes) });
  } catch {
    return null;
  }
}

function neededOf(bytes: Buffer, own: ReadonlySet<string>): readonly string[] {
  const source = memoryByteSource(bytes);
  try {
    return isElf(source) ? readElfLinkage(source).needed.filter((name) => !own.has(baseOf(name))) : [];
  } catch (error) {
    if (error instanceof MorselError) return [];
    throw error;
  }
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
