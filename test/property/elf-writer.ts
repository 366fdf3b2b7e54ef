export const BASE = 0x400000;

export interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  readonly memory?: number;
}

/** Bytes in the making, and the structures of the gABI in either class and byte order. */
export class Writer {
  readonly is64: boolean;
  readonly littleEndian: boolean;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(is64: boolean, littleEndian: boolean) {
    this.is64 = is64;
    this.littleEndian = littleEndian;
  }

  get length(): number {
    return this.#bytes.length;
  }

  bytes(): Buffer {
    return this.#bytes;
  }

  skip(count: number): void {
    this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(count)]);
  }

  place(bytes: Buffer, align = 8): number {
    this.skip((align - (this.length % align)) % align);
    const at = this.length;
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    return at;
  }

  overwrite(offset: number, bytes: Buffer): void {
    bytes.copy(this.#bytes, offset);
  }

  half(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    if (this.littleEndian) bytes.writeUInt16LE(value);
    else bytes.writeUInt16BE(value);
    return bytes;
  }

  u32(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    if (this.littleEndian) bytes.writeUInt32LE(value >>> 0);
    else bytes.writeUInt32BE(value >>> 0);
    return bytes;
  }

  word(value: number): Buffer {
    if (!this.is64) return this.u32(value);
    const high = this.u32(Math.floor(value / 0x1_0000_0000));
    const low = this.u32(value);
    return Buffer.concat(this.littleEndian ? [low, high] : [high, low]);
  }

  segment({ type, flags, offset, size, memory = size }: Segment): Buffer {
    const address = this.word(BASE + offset);
    const sizes = [this.word(size), this.word(memory)];
    return Buffer.concat(
      this.is64
        ? [this.u32(type), this.u32(flags), this.word(offset), address, address, ...sizes, this.word(4)]
        : [this.u32(type), this.word(offset), address, address, ...sizes, this.u32(flags), this.word(4)],
    );
  }

  section(name: number, type: number, offset: number, size: number): Buffer {
    const words = [0, 0, offset, size].map((value) => this.word(value));
    return Buffer.concat([
      this.u32(name),
      this.u32(type),
      ...words,
      this.u32(0),
      this.u32(0),
      this.word(1),
      this.word(0),
    ]);
  }

  symbol(name: number, info: number, section: number): Buffer {
    const tail = Buffer.concat([Buffer.from([info, 0]), this.half(section)]);
    return this.is64
      ? Buffer.concat([this.u32(name), tail, this.word(0), this.word(0)])
      : Buffer.concat([this.u32(name), this.word(0), this.word(0), tail]);
  }

  rela(type: number): Buffer {
    const info = this.is64 ? (this.littleEndian ? [type, 0] : [0, type]) : [type];
    return Buffer.concat([this.word(BASE), ...info.map((value) => this.u32(value)), this.word(BASE)]);
  }

  note({ owner, type, description }: { owner: string; type: number; description: Buffer }): Buffer {
    const pad = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
    const name = Buffer.from(`${owner}\0`);
    return Buffer.concat([
      this.u32(name.length),
      this.u32(description.length),
      this.u32(type),
      pad(name),
      pad(description),
    ]);
  }

  sysvHash(symbols: number): Buffer {
    return Buffer.concat(
      [1, symbols, 0, ...Array.from({ length: symbols }, () => 0)].map((value) => this.u32(value)),
    );
  }

  wideSysvHash(symbols: number): Buffer {
    const words = [1, symbols, 0, ...Array.from({ length: symbols }, () => 0)];
    return Buffer.concat(words.map((value) => this.word(value)));
  }

  /** One bucket with all exports, whose last chain entry has its lowest bit set. */
  gnuHash(first: number, exports: number): Buffer {
    const chain = Array.from({ length: exports }, (_value, index) => (index === exports - 1 ? 1 : 2));
    const head = [1, exports === 0 ? 1 : first, 1, 0].map((value) => this.u32(value));
    return Buffer.concat([
      ...head,
      this.word(0),
      ...[exports === 0 ? 0 : first, ...chain].map((value) => this.u32(value)),
    ]);
  }

  verdef(index: number, flags: number, name: number, last: boolean): Buffer {
    const halves = [1, flags, index, 1].map((value) => this.half(value));
    return Buffer.concat([...halves, ...[0, 20, last ? 0 : 28, name, 0].map((value) => this.u32(value))]);
  }

  verneed(
    library: number,
    aux: readonly { readonly name: number; readonly index: number }[],
    last: boolean,
  ): Buffer {
    const head = [
      this.half(1),
      this.half(aux.length),
      this.u32(library),
      this.u32(16),
      this.u32(last ? 0 : 16 + 16 * aux.length),
    ];
    const entries = aux.flatMap(({ name, index }, number) => [
      this.u32(0),
      this.half(0),
      this.half(index),
      this.u32(name),
      this.u32(number === aux.length - 1 ? 0 : 16),
    ]);
    return Buffer.concat([...head, ...entries]);
  }
}
