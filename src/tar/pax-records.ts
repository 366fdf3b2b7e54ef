import { MorselError } from '../core/errors.ts';
import { checkedPath, checkedSize, type HeaderBlock } from './header-reader.ts';
import { decodeName } from './name-bytes.ts';

export type PaxRecords = ReadonlyMap<string, Buffer>;

const XATTR_PREFIX = 'SCHILY.xattr.';
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
      throw new MorselError('TAR_INVALID', `a PAX record at offset ${offset + start} is malformed`);
    }
    records.set(decodeName(bytes.subarray(space + 1, equals)), bytes.subarray(equals + 1, end - 1));
    start = end;
  }
  return records;
}

/** The header with what its PAX records say in place of its own fields. An empty value takes a record back. */
export function applyPaxRecords(block: HeaderBlock, records: PaxRecords, offset: number): HeaderBlock {
  if (records.size === 0) return block;
  for (const key of records.keys()) {
    if (key.startsWith('GNU.sparse.')) {
      throw new MorselError('UNSUPPORTED', `${block.path} at offset ${offset} is stored as a sparse file`, {
        hint: 'write the archive without --sparse',
      });
    }
  }
  const text = (key: string): string | null => {
    const value = records.get(key);
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

export function paxXattrs(records: PaxRecords): Record<string, Buffer> {
  const xattrs: Record<string, Buffer> = Object.create(null) as Record<string, Buffer>;
  for (const [key, value] of records) {
    // The bytes are a window on a large buffer: copied, so that the buffer can go.
    if (key.startsWith(XATTR_PREFIX)) xattrs[key.slice(XATTR_PREFIX.length)] = Buffer.from(value);
  }
  return xattrs;
}

function parsePaxNumber(key: string, value: string, offset: number): number {
  const match = /^(-?[0-9]{1,16})(?:\.[0-9]{0,64})?$/.exec(value);
  const number = match === null ? Number.NaN : Math.floor(Number(match[0]));
  if (!Number.isSafeInteger(number)) {
    throw new MorselError('TAR_INVALID', `the PAX header at offset ${offset} has no number as its ${key}`);
  }
  return number;
}
