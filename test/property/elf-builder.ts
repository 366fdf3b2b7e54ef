import { BASE, type Segment, Writer } from './elf-writer.ts';

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
  /** `sysv-wide` has words of 64 bits, as on s390x and Alpha. */
  readonly hash?: 'sysv' | 'sysv-wide' | 'gnu' | 'both' | 'none';
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
  if (hash === 'sysv-wide') entries.push([4, BASE + writer.place(writer.wideSysvHash(symbols.length))]);
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
