import { MorselError } from '../core/errors.ts';
import { checkedPath, checkedSize, type HeaderBlock } from './header-reader.ts';
import { decodeName } from './name-bytes.ts';
import { tarInvalid } from './tar-errors.ts';

/** Of all records only those that are read here: an archive cannot make others add up. */
export type PaxRecords = ReadonlyMap<string, Buffer>;

export const NO_RECORDS: PaxRecords = new Map();

const XATTR_PREFIX = 'SCHILY.xattr.';
const SPARSE_PREFIX = 'GNU.sparse.';
const FIELDS: ReadonlySet<string> = new Set(['path', 'linkpath', 'size', 'uid', 'gid', 'mtime']);
/** Shared by all members without any, which are nearly all. */
const NO_XATTRS: Readonly<Record<string, Buffer>> = Object.freeze(
  Object.create(null) as Record<string, Buffer>,
);
/** A record's length is written in decimal; the header itself is at most 1 MiB. */
const LENGTH_DIGITS_LIMIT = 7;

/** `LENGTH key=value\n` records (POSIX.1-2017 pax, "pax Header Block"). Errors: TAR_INVALID. */
export function parsePaxRecords(bytes: Buffer, offset: number): PaxRecords {
  const records = new Map<string, Buffer>();
  let start = 0;
  while (start < bytes.length) {
    const space = bytes.indexOf(0x20, start);
    const digits =
      space < 0 ? '' : bytes.toString('latin1', start, Math.min(space, start + LENGTH_DIGITS_LIMIT + 1));
    const length = /^[1-9][0-9]*$/.test(digits) && digits.length <= LENGTH_DIGITS_LIMIT ? Number(digits) : 0;
    const end = start + length;
    const equals = bytes.indexOf(0x3d, space + 1);
    if (length === 0 || end > bytes.length || bytes[end - 1] !== 0x0a || equals < 0 || equals >= end) {
      throw tarInvalid(`a PAX record at offset ${offset + start} is malformed`);
    }
    const key = decodeName(bytes, space + 1, equals);
    if (FIELDS.has(key) || key.startsWith(XATTR_PREFIX) || key.startsWith(SPARSE_PREFIX)) {
      records.set(key, bytes.subarray(equals + 1, end - 1));
    }
    start = end;
  }
  return records;
}

/**
 * What the global headers say so far. Extended attributes are left out: they belong to one file, and Go's reader, which
 * is that of the engines, skips global headers altogether.
 */
export function mergeGlobals(before: PaxRecords, added: PaxRecords): PaxRecords {
  const merged = new Map(before);
  for (const [key, value] of added) {
    // The bytes are a window on a large buffer: copied, so that the buffer can go.
    if (!key.startsWith(XATTR_PREFIX)) merged.set(key, Buffer.from(value));
  }
  return merged;
}

/** The header with what PAX records say in place of its own fields. An empty value takes a record back. */
export function applyPaxRecords(
  block: HeaderBlock,
  locals: PaxRecords,
  globals: PaxRecords,
  offset: number,
): HeaderBlock {
  if (locals.size === 0 && globals.size === 0) return block;
  refuseSparse(block, locals, offset);
  refuseSparse(block, globals, offset);
  const text = (key: string): string | null => {
    const value = locals.get(key) ?? globals.get(key);
    return value === undefined || value.length === 0 ? null : decodeName(value);
  };
  const number = (key: string): number | null => {
    const value = text(key);
    return value === null ? null : parsePaxNumber(key, value, offset);
  };
  return {
    ...block,
    path: checkedPath(text('path') ?? block.path, offset),
    linkTarget: checkedPath(text('linkpath') ?? block.linkTarget, offset),
    sizeBytes: checkedSize(number('size') ?? block.sizeBytes, offset),
    uid: number('uid') ?? block.uid,
    gid: number('gid') ?? block.gid,
    mtimeSeconds: number('mtime') ?? block.mtimeSeconds,
  };
}

function refuseSparse(block: HeaderBlock, records: PaxRecords, offset: number): void {
  for (const key of records.keys()) {
    if (key.startsWith(SPARSE_PREFIX)) {
      throw new MorselError('UNSUPPORTED', `${block.path} at offset ${offset} is stored as a sparse file`, {
        hint: 'write the archive again: tar without --sparse',
      });
    }
  }
}

/** Windows on the header's own buffer, which goes when nobody keeps them. */
export function paxXattrs(locals: PaxRecords): Readonly<Record<string, Buffer>> {
  let xattrs: Record<string, Buffer> | null = null;
  for (const [key, value] of locals) {
    if (!key.startsWith(XATTR_PREFIX)) continue;
    xattrs ??= Object.create(null) as Record<string, Buffer>;
    xattrs[key.slice(XATTR_PREFIX.length)] = value;
  }
  return xattrs ?? NO_XATTRS;
}

function parsePaxNumber(key: string, value: string, offset: number): number {
  const match = /^(-?[0-9]{1,16})(?:\.[0-9]{0,64})?$/.exec(value);
  const number = match === null ? Number.NaN : Math.floor(Number(match[0]));
  if (!Number.isSafeInteger(number)) {
    throw tarInvalid(`the PAX header at offset ${offset} has no number as its ${key}`);
  }
  return number;
}
