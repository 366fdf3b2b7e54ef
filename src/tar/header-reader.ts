import { headerChecksum } from './header-writer.ts';
import { TAR_BLOCK_BYTES, TAR_PATH_LIMIT_BYTES } from './limits.ts';
import { decodeName, nameSizeBytes } from './name-bytes.ts';
import { tarInvalid, tarLimit } from './tar-errors.ts';
import type { TarKind } from './tar-entry.ts';

/** One header block, decoded; extension headers ('x', 'g', 'L', 'K') are those with `typeFlag` not in `TAR_KINDS`. */
export interface HeaderBlock {
  readonly typeFlag: string;
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly mtimeSeconds: number;
  readonly linkTarget: string;
}

/** Type flags of members. NUL is a file of Unix V7, '7' a contiguous file (POSIX: treat as a file). */
export const TAR_KINDS: Readonly<Record<string, TarKind>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
};

/** Decodes one block of 512 bytes. `offset` is where it is in the archive, for messages. Errors: TAR_INVALID. */
export function decodeHeaderBlock(block: Buffer, offset: number): HeaderBlock {
  const stored = parseNumber(block, 148, 8, 'checksum', offset);
  if (stored !== headerChecksum(block) && stored !== signedChecksum(block)) {
    throw tarInvalid(`not a tar header at offset ${offset}: wrong checksum`);
  }
  const name = stringField(block, 0, 100);
  return {
    typeFlag: String.fromCharCode(block[156] as number),
    path: isUstar(block) ? joinPrefix(stringField(block, 345, 155), name) : name,
    mode: parseNumber(block, 100, 8, 'mode', offset) & 0o7777,
    uid: parseNumber(block, 108, 8, 'uid', offset),
    gid: parseNumber(block, 116, 8, 'gid', offset),
    sizeBytes: checkedSize(parseNumber(block, 124, 12, 'size', offset), offset),
    mtimeSeconds: parseNumber(block, 136, 12, 'mtime', offset),
    linkTarget: stringField(block, 157, 100),
  };
}

/** A size that arithmetic on offsets can bear. */
export function checkedSize(size: number, offset: number): number {
  // 8 EiB is what a signed 64-bit offset could hold; doubles count exactly to 2^53 (8 PiB), which no archive reaches.
  if (size >= 0 && size <= Number.MAX_SAFE_INTEGER - 2 * TAR_BLOCK_BYTES) return size;
  throw tarInvalid(`the tar header at offset ${offset} has the size ${size}`);
}

export function checkedPath(path: string, offset: number): string {
  if (nameSizeBytes(path) > TAR_PATH_LIMIT_BYTES) {
    throw tarLimit(`a path at offset ${offset} is longer than ${TAR_PATH_LIMIT_BYTES} bytes`);
  }
  // A PAX value may hold a NUL, which ends a path for the kernel: two names for one file.
  if (path.includes('\0')) throw tarInvalid(`a path at offset ${offset} contains a NUL byte`);
  return path;
}

/** Only POSIX ustar has a prefix; GNU's own magic (`ustar  `) keeps times and sparse maps in its place. */
function isUstar(block: Buffer): boolean {
  return block.toString('latin1', 257, 263) === 'ustar\0';
}

function joinPrefix(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Some old writers summed signed bytes; readers accept both (GNU tar does). */
function signedChecksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < TAR_BLOCK_BYTES; index += 1) {
    if (index < 148 || index >= 156) sum += block.readInt8(index);
  }
  return sum;
}

function stringField(block: Buffer, start: number, length: number): string {
  const nul = block.indexOf(0, start);
  return decodeName(block, start, nul < 0 || nul > start + length ? start + length : nul);
}

const SPACE = 0x20;
const DIGIT_0 = 0x30;
const DIGIT_7 = 0x37;

/**
 * Octal digits between spaces; what follows a NUL is not looked at. By bytes: an image has a million of these fields,
 * and a string and a match for each cost more than all else of a header.
 */
function parseNumber(block: Buffer, start: number, length: number, field: string, offset: number): number {
  const end = start + length;
  if (((block[start] as number) & 0x80) !== 0) {
    return parseBase256(block.subarray(start, end), field, offset);
  }
  let value = 0;
  let at = skipSpaces(block, start, end);
  for (; at < end; at += 1) {
    const byte = block[at] as number;
    if (byte < DIGIT_0 || byte > DIGIT_7) break;
    value = value * 8 + (byte - DIGIT_0);
  }
  at = skipSpaces(block, at, end);
  if (at < end && block[at] !== 0) {
    throw tarInvalid(`the tar header at offset ${offset} has no number as its ${field}`);
  }
  return value;
}

function skipSpaces(block: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && block[at] === SPACE) at += 1;
  return at;
}

/** GNU's extension for numbers that octal cannot hold: the top bit set, then a two's complement big-endian number. */
function parseBase256(bytes: Buffer, field: string, offset: number): number {
  const negative = bytes[0] === 0xff;
  let value = 0n;
  for (const [index, byte] of bytes.entries()) {
    const digit = index === 0 && !negative ? byte & 0x7f : byte;
    value = (value << 8n) | BigInt(digit);
  }
  const signed = negative ? value - (1n << BigInt(8 * bytes.length)) : value;
  if (signed > BigInt(Number.MAX_SAFE_INTEGER) || signed < -BigInt(Number.MAX_SAFE_INTEGER)) {
    throw tarInvalid(`the tar header at offset ${offset} has a ${field} of more than 53 bits`);
  }
  return Number(signed);
}
