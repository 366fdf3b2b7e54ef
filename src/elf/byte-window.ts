import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';

/**
 * What one refill reads: enough for the ELF header, the program headers and mostly the interpreter; and less than half
 * of Buffer's pool, from which such small buffers are cut at no cost.
 */
export const WINDOW_BYTES = 2048;

/** No name, path or search list in an ELF file that can be loaded is longer. */
export const STRING_LIMIT_BYTES = 64 * 1024;

const EMPTY = new DataView(new ArrayBuffer(0));

/**
 * Numbers and strings at file offsets, through one small buffer that moves: a table is read in a few positional
 * reads, whatever the size of the file. Any offset outside the file is ELF_INVALID.
 */
export class ByteWindow {
  readonly source: ByteSource;
  readonly littleEndian: boolean;
  readonly #windowBytes: number;
  #buffer: Buffer = Buffer.alloc(0);
  #view: DataView = EMPTY;
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
    // A DataView reads numbers several times faster than Buffer's own methods, which are JavaScript.
    this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    this.#start = offset;
    this.#end = offset + buffer.length;
    return this;
  }

  u8(offset: number): number {
    return this.#view.getUint8(this.#seek(offset, 1));
  }

  u16(offset: number): number {
    const at = this.#seek(offset, 2);
    return this.#view.getUint16(at, this.littleEndian);
  }

  u32(offset: number): number {
    const at = this.#seek(offset, 4);
    return this.#view.getUint32(at, this.littleEndian);
  }

  /** Exact up to 2^53; above that (kernel addresses, hostile values) the nearest double. */
  u64(offset: number): number {
    const at = this.#seek(offset, 8);
    const first = this.#view.getUint32(at, this.littleEndian);
    const second = this.#view.getUint32(at + 4, this.littleEndian);
    return this.littleEndian ? second * 0x1_0000_0000 + first : first * 0x1_0000_0000 + second;
  }

  /** An Elf32_Addr or Elf64_Addr. */
  word(offset: number, is64: boolean): number {
    return is64 ? this.u64(offset) : this.u32(offset);
  }

  /** Exactly `length` bytes; valid until the next call. */
  bytes(offset: number, length: number): Buffer {
    if (length === 0) return Buffer.alloc(0);
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

  #seek(offset: number, length: number): number {
    if (offset >= this.#start && offset + length <= this.#end) return offset - this.#start;
    if (!(offset >= 0) || !Number.isSafeInteger(offset) || offset + length > this.source.sizeBytes) {
      throw invalid(this.source, offset, `${length} bytes are needed there`);
    }
    this.preload(this.source.read(offset, Math.max(length, this.#windowBytes)), offset);
    if (this.#end < offset + length) throw invalid(this.source, offset, 'the file ended while it was read');
    return 0;
  }
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
