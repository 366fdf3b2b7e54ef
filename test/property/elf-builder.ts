/**
 * A small writer of ELF files for tests: any class and byte order, a dynamic section with versions, hashes, notes and
 * relocations, with or without section headers. It shares no code with the reader.
 */
export interface ElfSpec {
  readonly class?: 32 | 64;
  readonly littleEndian?: boolean;
  /** e_type: 2 EXEC, 3 DYN. */
  readonly type?: number;
  readonly machine?: number;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  readonly soname?: string;
  readonly runpath?: string;
  readonly rpath?: string;
  readonly flags1?: number;
  readonly imports?: readonly {
    readonly name: string;
    readonly library?: string;
    readonly version?: string;
  }[];
  readonly exports?: readonly {
    readonly name: string;
    readonly version?: string;
    readonly hidden?: boolean;
  }[];
  readonly hash?: 'sysv' | 'gnu' | 'both' | 'none';
  readonly notes?: readonly { readonly owner: string; readonly type: number; readonly description: Buffer }[];
  /** r_type of each entry of DT_RELA. */
  readonly relocations?: readonly number[];
  readonly code?: Buffer;
  readonly constants?: Buffer;
  readonly sections?: boolean;
  readonly stackFlags?: number;
  readonly stackSizeBytes?: number;
  /** Appended after everything. */
  readonly trailing?: Buffer;
}

const BASE = 0x400000;
const [PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE, PT_GNU_STACK] = [1, 2, 3, 4, 0x6474e551];

export function buildElf(spec: ElfSpec = {}): Buffer {
  const writer = new Writer((spec.class ?? 64) === 64, spec.littleEndian ?? true);
  const segments: Segment[] = [];
  // The number of segments must be known before anything is placed: one for each kind at most.
  const headerBytes = writer.is64 ? 64 : 52;
  writer.skip(headerBytes + 6 * (writer.is64 ? 56 : 32));
  const entry = writer.place(spec.code ?? Buffer.alloc(16, 0x90));
  writer.place(spec.constants ?? Buffer.alloc(0), 16);
  if (spec.interpreter !== undefined) {
    const bytes = Buffer.from(`${spec.interpreter}\0`);
    segments.push({ type: PT_INTERP, flags: 4, offset: writer.place(bytes), size: bytes.length });
  }
  if (spec.notes !== undefined) {
    const bytes = Buffer.concat(spec.notes.map((note) => writer.note(note)));
    segments.push({ type: PT_NOTE, flags: 4, offset: writer.place(bytes), size: bytes.length });
  }
  const dynamic = placeDynamic(writer, spec);
  if (dynamic !== null) segments.push({ type: PT_DYNAMIC, flags: 6, ...dynamic });
  const stack = {
    type: PT_GNU_STACK,
    flags: spec.stackFlags ?? 6,
    offset: 0,
    size: 0,
    memory: spec.stackSizeBytes ?? 0,
  };
  const loadSize = writer.length;
  segments.unshift({ type: PT_LOAD, flags: 7, offset: 0, size: loadSize });
  segments.push(stack);
  const sections = spec.sections === true ? placeSections(writer, dynamic) : null;
  if (spec.trailing !== undefined) writer.place(spec.trailing, 1);
  writeHeaders(writer, spec, segments, BASE + entry, sections);
  return writer.bytes();
}

interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  readonly memory?: number;
}

interface Strings {
  add(text: string): number;
  bytes(): Buffer;
}

function stringTable(): Strings {
  let text = Buffer.alloc(1);
  return {
    add: (value) => {
      const at = text.length;
      text = Buffer.concat([text, Buffer.from(`${value}\0`)]);
      return at;
    },
    bytes: () => text,
  };
}

function placeDynamic(
  writer: Writer,
  spec: ElfSpec,
): { readonly offset: number; readonly size: number } | null {
  const { needed = [], imports = [], exports = [] } = spec;
  const hasDynamic =
    needed.length > 0 ||
    imports.length > 0 ||
    exports.length > 0 ||
    spec.flags1 !== undefined ||
    spec.soname !== undefined;
  if (!hasDynamic) return null;
  const strings = stringTable();
  const entries: [number, number][] = needed.map((name) => [1, strings.add(name)]);
  if (spec.soname !== undefined) entries.push([14, strings.add(spec.soname)]);
  if (spec.rpath !== undefined) entries.push([15, strings.add(spec.rpath)]);
  if (spec.runpath !== undefined) entries.push([29, strings.add(spec.runpath)]);
  if (spec.flags1 !== undefined) entries.push([0x6ffffffb, spec.flags1]);
  placeSymbols(writer, spec, strings, entries);
  if (spec.relocations !== undefined) {
    const bytes = Buffer.concat(spec.relocations.map((type) => writer.rela(type)));
    entries.push([7, BASE + writer.place(bytes)], [8, bytes.length], [9, writer.is64 ? 24 : 12]);
  }
  const table = strings.bytes();
  entries.push([5, BASE + writer.place(table)], [10, table.length], [0, 0]);
  const bytes = Buffer.concat(entries.flatMap(([tag, value]) => [writer.word(tag), writer.word(value)]));
  return { offset: writer.place(bytes), size: bytes.length };
}

function placeSymbols(writer: Writer, spec: ElfSpec, strings: Strings, entries: [number, number][]): void {
  const { imports = [], exports = [], hash = 'gnu' } = spec;
  if (imports.length + exports.length === 0) return;
  const versions = placeVersions(writer, spec, strings, entries);
  const symbols = [
    writer.symbol(0, 0, 0),
    ...imports.map(({ name }) => writer.symbol(strings.add(name), 0x12, 0)),
    ...exports.map(({ name }) => writer.symbol(strings.add(name), 0x12, 1)),
  ];
  const indexes = [
    0,
    ...imports.map(({ version }) => versions.get(version ?? '') ?? 1),
    ...exports.map(
      ({ version, hidden }) => (versions.get(`=${version ?? ''}`) ?? 1) | (hidden === true ? 0x8000 : 0),
    ),
  ];
  if (hash === 'sysv' || hash === 'both')
    entries.push([4, BASE + writer.place(writer.sysvHash(symbols.length))]);
  if (hash === 'gnu' || hash === 'both') {
    entries.push([0x6ffffef5, BASE + writer.place(writer.gnuHash(1 + imports.length, exports.length))]);
  }
  entries.push([6, BASE + writer.place(Buffer.concat(symbols))], [11, writer.is64 ? 24 : 16]);
  entries.push([
    0x6ffffff0,
    BASE + writer.place(Buffer.concat(indexes.map((index) => writer.half(index))), 2),
  ]);
}

/** Returns the index of each version; those that are defined under `=NAME`. */
function placeVersions(
  writer: Writer,
  { imports = [], exports = [], soname = 'self' }: ElfSpec,
  strings: Strings,
  entries: [number, number][],
): ReadonlyMap<string, number> {
  const indexes = new Map<string, number>();
  let next = 2;
  const defined = [...new Set(exports.flatMap(({ version }) => version ?? []))];
  if (defined.length > 0) {
    const names = [soname, ...defined];
    const bytes = names.map((name, number) => {
      const index = number === 0 ? 1 : next++;
      if (number > 0) indexes.set(`=${name}`, index);
      return writer.verdef(index, number === 0 ? 1 : 0, strings.add(name), number === names.length - 1);
    });
    entries.push([0x6ffffffc, BASE + writer.place(Buffer.concat(bytes))], [0x6ffffffd, names.length]);
  }
  const libraries = [...new Set(imports.flatMap(({ library }) => library ?? []))];
  if (libraries.length > 0) {
    const bytes = libraries.map((library, number) => {
      const wanted = [
        ...new Set(imports.filter((one) => one.library === library).flatMap(({ version }) => version ?? [])),
      ];
      const aux = wanted.map((name) => {
        indexes.set(name, next);
        return { name: strings.add(name), index: next++ };
      });
      return writer.verneed(strings.add(library), aux, number === libraries.length - 1);
    });
    entries.push([0x6ffffffe, BASE + writer.place(Buffer.concat(bytes))], [0x6fffffff, libraries.length]);
  }
  return indexes;
}

interface Sections {
  readonly offset: number;
  readonly count: number;
  readonly names: number;
}

function placeSections(
  writer: Writer,
  dynamic: { readonly offset: number; readonly size: number } | null,
): Sections {
  const names = stringTable();
  const comment = Buffer.from('GCC: (test) 12\0');
  const commentAt = writer.place(comment);
  const rows: (readonly number[])[] = [
    [0, 0, 0, 0],
    [names.add('.comment'), 1, commentAt, comment.length],
  ];
  if (dynamic !== null) rows.push([names.add('.dynamic'), 6, dynamic.offset, dynamic.size]);
  const own = names.add('.shstrtab');
  const table = names.bytes();
  rows.push([own, 3, writer.place(table), table.length]);
  const bytes = Buffer.concat(
    rows.map(([name = 0, type = 0, offset = 0, size = 0]) => writer.section(name, type, offset, size)),
  );
  return { offset: writer.place(bytes), count: rows.length, names: rows.length - 1 };
}

function writeHeaders(
  writer: Writer,
  spec: ElfSpec,
  segments: readonly Segment[],
  entry: number,
  sections: Sections | null,
): void {
  const { is64 } = writer;
  const phoff = is64 ? 64 : 52;
  const ident = Buffer.alloc(16);
  ident.write('\x7fELF', 'latin1');
  ident[4] = is64 ? 2 : 1;
  ident[5] = writer.littleEndian ? 1 : 2;
  ident[6] = 1;
  writer.overwrite(
    0,
    Buffer.concat([
      ident,
      writer.half(spec.type ?? 3),
      writer.half(spec.machine ?? 62),
      writer.u32(1),
      writer.word(entry),
      writer.word(phoff),
      writer.word(sections?.offset ?? 0),
      writer.u32(0),
      ...[phoff, is64 ? 56 : 32, segments.length].map((value) => writer.half(value)),
      ...[is64 ? 64 : 40, sections?.count ?? 0, sections?.names ?? 0].map((value) => writer.half(value)),
    ]),
  );
  writer.overwrite(phoff, Buffer.concat(segments.map((segment) => writer.segment(segment))));
}

class Writer {
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

const MODULE_MARK = Buffer.alloc(16, 0x30);

/** What Go's linker writes at the start of .go.buildinfo: the inline form of Go 1.18 and later. 16-aligned. */
export function goBuildInfo(version: string, lines: readonly string[]): Buffer {
  const modules = Buffer.concat([
    MODULE_MARK,
    Buffer.from(lines.map((line) => `${line}\n`).join('')),
    MODULE_MARK,
  ]);
  const header = Buffer.alloc(32);
  header.write('\xff Go buildinf:', 'latin1');
  header[14] = 8;
  header[15] = 2;
  const string = (bytes: Buffer): Buffer => Buffer.concat([varint(bytes.length), bytes]);
  return Buffer.concat([header, string(Buffer.from(version)), string(modules)]);
}

/** The pointer form of Go 1.13 to 1.17, for bytes that are placed at `address`. */
export function goBuildInfoByPointer(version: string, lines: readonly string[], address: number): Buffer {
  const text = Buffer.from(version);
  const modules = Buffer.concat([
    MODULE_MARK,
    Buffer.from(lines.map((line) => `${line}\n`).join('')),
    MODULE_MARK,
  ]);
  const bytes = Buffer.alloc(64);
  bytes.write('\xff Go buildinf:', 'latin1');
  bytes[14] = 8;
  const textAt = address + bytes.length;
  const words = [address + 32, address + 48, textAt, text.length, textAt + text.length, modules.length];
  words.forEach((word, index) => bytes.writeBigUInt64LE(BigInt(word), 16 + index * 8));
  return Buffer.concat([bytes, text, modules]);
}

/** A pclntab of Go 1.20 and later that holds nothing but these names. */
export function goFunctionTable(names: readonly string[]): Buffer {
  const text = Buffer.from(names.map((name) => `${name}\0`).join(''));
  const header = Buffer.alloc(72);
  header.writeUInt32LE(0xfffffff1);
  header[6] = 1;
  header[7] = 8;
  [names.length, 1, 0, 72, 72 + text.length].forEach((word, index) =>
    header.writeBigUInt64LE(BigInt(word), 8 + index * 8),
  );
  return Buffer.concat([header, text]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest >= 128 ? (rest % 128) + 128 : rest);
    if (rest < 128) return Buffer.from(bytes);
  }
}
