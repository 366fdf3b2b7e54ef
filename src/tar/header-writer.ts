import { MorselError } from '../core/errors.ts';
import { TAR_BLOCK_BYTES } from './limits.ts';
import { encodeName } from './name-bytes.ts';
import type { TarEntry } from './tar-entry.ts';

// Field widths of the ustar header (POSIX.1-2017, pax, table "ustar Header Block").
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
const LINK_NAME_BYTES = 100;
/** Seven octal digits and a NUL. */
const MAX_OCTAL_7 = 0o7777777;
/** Eleven octal digits and a NUL: 8 GiB - 1. */
const MAX_OCTAL_11 = 0o77777777777;

const TYPE_FLAG = { file: '0', symlink: '2', directory: '5' } as const;

/**
 * The header blocks of one member: plain ustar, and before it a PAX extended header only for what ustar cannot hold
 * (long paths and targets, large numbers, extended attributes). No user names, no devices, no access times.
 */
export function tarHeaderBlocks(entry: TarEntry): Buffer {
  const pathBytes = encodeName(entry.kind === 'directory' ? `${entry.path}/` : entry.path);
  const linkBytes = entry.kind === 'symlink' ? encodeName(entry.target) : Buffer.alloc(0);
  const sizeBytes = entry.kind === 'file' ? entry.sizeBytes : 0;
  const split = splitPath(pathBytes);
  const records = paxRecords(entry, { path: pathBytes, split, link: linkBytes, sizeBytes });
  const fields: UstarFields = {
    ...(split ?? { name: pathBytes.subarray(0, NAME_BYTES), prefix: Buffer.alloc(0) }),
    mode: entry.kind === 'symlink' ? 0o777 : entry.mode,
    uid: entry.uid <= MAX_OCTAL_7 ? entry.uid : 0,
    gid: entry.gid <= MAX_OCTAL_7 ? entry.gid : 0,
    sizeBytes: sizeBytes <= MAX_OCTAL_11 ? sizeBytes : 0,
    mtimeSeconds: isOctal11(entry.mtimeSeconds) ? entry.mtimeSeconds : 0,
    typeFlag: TYPE_FLAG[entry.kind],
    linkName: linkBytes.subarray(0, LINK_NAME_BYTES),
  };
  const header = ustarBlock(fields);
  return records.length === 0 ? header : Buffer.concat([paxBlocks(Buffer.concat(records)), header]);
}

/** Zero bytes from the end of a content of `sizeBytes` to the next block. */
export function paddingBytes(sizeBytes: number): number {
  return (TAR_BLOCK_BYTES - (sizeBytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES;
}

interface SplitPath {
  readonly name: Buffer;
  readonly prefix: Buffer;
}

/** `prefix` + `/` + `name`, as long a name as fits; null when no slash is at a fitting place. */
function splitPath(path: Buffer): SplitPath | null {
  if (path.length <= NAME_BYTES) return { name: path, prefix: Buffer.alloc(0) };
  const slash = path.indexOf(0x2f, path.length - NAME_BYTES - 1);
  // A directory's last slash belongs to its name: an empty name would be another path.
  if (slash <= 0 || slash > PREFIX_BYTES || slash === path.length - 1) return null;
  return { prefix: path.subarray(0, slash), name: path.subarray(slash + 1) };
}

interface PaxFacts {
  readonly path: Buffer;
  readonly split: SplitPath | null;
  readonly link: Buffer;
  readonly sizeBytes: number;
}

function paxRecords(entry: TarEntry, facts: PaxFacts): Buffer[] {
  const records: [string, Buffer | string][] = [];
  const xattrs = entry.kind === 'file' ? Object.entries(entry.xattrs ?? {}) : [];
  for (const [name, value] of xattrs) records.push([`SCHILY.xattr.${checkedXattrName(name)}`, value]);
  if (entry.gid > MAX_OCTAL_7) records.push(['gid', String(entry.gid)]);
  if (facts.link.length > LINK_NAME_BYTES) records.push(['linkpath', facts.link]);
  if (!isOctal11(entry.mtimeSeconds)) records.push(['mtime', String(entry.mtimeSeconds)]);
  if (facts.split === null) records.push(['path', facts.path]);
  if (facts.sizeBytes > MAX_OCTAL_11) records.push(['size', String(facts.sizeBytes)]);
  if (entry.uid > MAX_OCTAL_7) records.push(['uid', String(entry.uid)]);
  // The xattr names are the caller's, in an order that may change: sorted, as all else.
  records.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return records.map(([key, value]) => paxRecord(key, Buffer.from(value)));
}

function checkedXattrName(name: string): string {
  // '=' ends the key of a PAX record: such a name cannot be written without becoming another.
  if (name === '' || /[=\0\n]/.test(name)) {
    throw new MorselError(
      'UNSUPPORTED',
      `the extended attribute ${JSON.stringify(name)} cannot be kept in a tar archive`,
      { hint: 'take it off the file that is packed: setfattr -x NAME FILE' },
    );
  }
  return name;
}

/** `LENGTH key=value\n`, where LENGTH counts its own digits too. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.byteLength(key) + value.length + 3;
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')]);
}

function paxBlocks(records: Buffer): Buffer {
  const header = ustarBlock({
    name: Buffer.from('PaxHeaders'),
    prefix: Buffer.alloc(0),
    mode: 0o644,
    uid: 0,
    gid: 0,
    sizeBytes: records.length,
    mtimeSeconds: 0,
    typeFlag: 'x',
    linkName: Buffer.alloc(0),
  });
  return Buffer.concat([header, records, Buffer.alloc(paddingBytes(records.length))]);
}

interface UstarFields extends SplitPath {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly mtimeSeconds: number;
  readonly typeFlag: string;
  readonly linkName: Buffer;
}

function ustarBlock(fields: UstarFields): Buffer {
  const block = Buffer.alloc(TAR_BLOCK_BYTES);
  fields.name.copy(block, 0);
  block.write(octal(fields.mode, 7), 100, 'latin1');
  block.write(octal(fields.uid, 7), 108, 'latin1');
  block.write(octal(fields.gid, 7), 116, 'latin1');
  block.write(octal(fields.sizeBytes, 11), 124, 'latin1');
  block.write(octal(fields.mtimeSeconds, 11), 136, 'latin1');
  block.write(fields.typeFlag, 156, 'latin1');
  fields.linkName.copy(block, 157);
  block.write('ustar\x0000', 257, 'latin1');
  // devmajor and devminor stay empty: they mean something for devices only, and readers take empty as 0.
  fields.prefix.copy(block, 345);
  block.write(`${octal(headerChecksum(block), 6)}\0 `, 148, 'latin1');
  return block;
}

/** Sum of the header's bytes with the checksum field itself taken as eight spaces. */
export function headerChecksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < TAR_BLOCK_BYTES; index += 1) {
    if (index < 148 || index >= 156) sum += block[index] as number;
  }
  return sum;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function isOctal11(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_OCTAL_11;
}
