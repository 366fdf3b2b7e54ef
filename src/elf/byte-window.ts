import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { wide } from './words.ts';

/** What one refill reads: less than half of Buffer's pool, from which such small buffers are cut at no cost. */
const WINDOW_BYTES = 2048;

/** No name, path or search list in an ELF file that can be loaded is longer. */
export const STRING_LIMIT_BYTES = 64 * 1024;

const NO_BYTES = Buffer.alloc(0);

/**
 * Numbers and strings at file offsets, through one small buffer that moves: a table is read in a few positional
 * reads, whatever the size of the file. Any offset outside the file is ELF_INVALID.
 */
export class ByteWindow {
  readonly source: ByteSource;
  readonly littleEndian: boolean;
  readonly #windowBytes: number;
  #buffer: Buffer = NO_BYTES;
  /** Of `#buffer`, made for the first number: a DataView reads them several times faster than Buffer's own methods. */
  #view: DataView | undefined;
  #start = 0;
  #end = 0;

  constructor(source: ByteSource, littleEndian: boolean, windowBytes = WINDOW_BYTES) {
    this.source = source;
    this.littleEndian = littleEndian;
    this.#windowBytes = windowBytes;
  }

  /** Bytes that somebody has read already, so that they are not read again. */
  preload(buffer: Buffer, offset: number): this {
    this.#buffer = buffer;
    this.#view = undefined;
    this.#start = offset;
    this.#end = offset + buffer.length;
    return this;
  }

  u8(offset: number): number {
    const at = this.#seek(offset, 1);
    return this.#numbers().getUint8(at);
  }

  u16(offset: number): number {
    const at = this.#seek(offset, 2);
    return this.#numbers().getUint16(at, this.littleEndian);
  }

  u32(offset: number): number {
    const at = this.#seek(offset, 4);
    return this.#numbers().getUint32(at, this.littleEndian);
  }

  /** Exact up to 2^53; above that (kernel addresses, hostile values) the nearest double. */
  u64(offset: number): number {
    const at = this.#seek(offset, 8);
    const first = this.#numbers().getUint32(at, this.littleEndian);
    const second = this.#numbers().getUint32(at + 4, this.littleEndian);
    return this.littleEndian ? wide(first, second) : wide(second, first);
  }

  /** An Elf32_Addr or Elf64_Addr. */
  word(offset: number, is64: boolean): number {
    return is64 ? this.u64(offset) : this.u32(offset);
  }

  /** Exactly `length` bytes; valid until the next call. */
  bytes(offset: number, length: number): Buffer {
    if (length === 0) return NO_BYTES;
    const at = this.#seek(offset, length);
    return this.#buffer.subarray(at, at + length);
  }

  /** The NUL-terminated string at `offset`, which must end before `end` and within STRING_LIMIT_BYTES. */
  cString(offset: number, end: number): string {
    const at = this.#seek(offset, 1);
    const nul = this.#buffer.indexOf(0, at);
    if (nul >= 0 && this.#start + nul < end) return this.#buffer.toString('utf8', at, nul);
    const limit = Math.min(end - offset, STRING_LIMIT_BYTES, this.source.sizeBytes - offset);
    const bytes = limit > 0 ? this.source.read(offset, limit) : Buffer.alloc(0);
    const far = bytes.indexOf(0);
    if (far < 0) throw invalid(this.source, offset, 'a string has no end');
    return bytes.toString('utf8', 0, far);
  }

  #numbers(): DataView {
    this.#view ??= new DataView(this.#buffer.buffer, this.#buffer.byteOffset, this.#buffer.length);
    return this.#view;
  }

  #seek(offset: number, length: number): number {
    if (offset >= this.#start && offset + length <= this.#end) return offset - this.#start;
    this.preload(readAtLeast(this.source, offset, length, this.#windowBytes), offset);
    return 0;
  }
}

/** `length` bytes from `offset` on, and what follows them up to `wanted`. Errors: ELF_INVALID. */
export function readAtLeast(source: ByteSource, offset: number, length: number, wanted = length): Buffer {
  if (!(offset >= 0) || !Number.isSafeInteger(offset) || offset + length > source.sizeBytes) {
    throw invalid(source, offset, `${length} bytes are needed there`);
  }
  const bytes = source.read(offset, Math.max(length, wanted));
  if (bytes.length < length) throw invalid(source, offset, 'the file ended while it was read');
  return bytes;
}

/** The error for bytes that are not what an ELF file may hold. */
export function invalid(source: ByteSource, offset: number, what: string): MorselError {
  const where = Number.isSafeInteger(offset) && offset >= 0 ? `0x${offset.toString(16)}` : String(offset);
  return new MorselError(
    'ELF_INVALID',
    `${source.name}: damaged ELF file: ${what} (offset ${where}, size ${source.sizeBytes})`,
    {
      hint: 'the file is truncated or corrupt; build or download it again',
      details: { path: source.name, offset, sizeBytes: source.sizeBytes },
    },
  );
}
