import { MorselError } from '../core/errors.ts';
import { headerChecksum } from './header-writer.ts';
import { TAR_BLOCK_BYTES, TAR_PATH_LIMIT_BYTES } from './limits.ts';
import { decodeName } from './name-bytes.ts';
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
    throw new MorselError('TAR_INVALID', `not a tar header at offset ${offset}: wrong checksum`, {
      hint: 'the archive is damaged, cut off, or not a tar archive',
    });
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
  throw new MorselError('TAR_INVALID', `the tar header at offset ${offset} has the size ${size}`);
}

export function checkedPath(path: string, offset: number): string {
  if (Buffer.byteLength(path) > TAR_PATH_LIMIT_BYTES) {
    throw new MorselError(
      'LIMIT_EXCEEDED',
      `a path at offset ${offset} is longer than ${TAR_PATH_LIMIT_BYTES} bytes`,
    );
  }
  // A PAX value may hold a NUL, which ends a path for the kernel: two names for one file.
  if (path.includes('\0')) {
    throw new MorselError('TAR_INVALID', `a path at offset ${offset} contains a NUL byte`);
  }
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
  const end = nul < 0 || nul > start + length ? start + length : nul;
  return decodeName(block.subarray(start, end));
}

function parseNumber(block: Buffer, start: number, length: number, field: string, offset: number): number {
  const first = block[start] as number;
  if ((first & 0x80) !== 0) return parseBase256(block.subarray(start, start + length), field, offset);
  const text = block.toString('latin1', start, start + length);
  const match = /^ *([0-7]*)[ \0]*(?:\0.*)?$/s.exec(text);
  if (match === null) {
    throw new MorselError('TAR_INVALID', `the tar header at offset ${offset} has no number as its ${field}`);
  }
  return match[1] === '' ? 0 : Number.parseInt(match[1] as string, 8);
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
    throw new MorselError(
      'TAR_INVALID',
      `the tar header at offset ${offset} has a ${field} of more than 53 bits`,
    );
  }
  return Number(signed);
}
