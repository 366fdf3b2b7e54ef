import type { ByteSource } from '../core/byte-source.ts';
import { type ElfHeader, parseElfHeader } from './elf-header.ts';
import {
  type ByteRange,
  PF,
  type ProgramHeader,
  type ProgramHeaderTable,
  PT,
  readProgramHeaders,
} from './program-headers.ts';
import { readSectionHeaders, type SectionHeader } from './section-headers.ts';

/** Holds the ELF header, a dozen program headers and mostly the name of the interpreter behind them. */
const HEAD_BYTES = 1024;

/**
 * An ELF file as its header and its two tables of headers, and where they put what. The header and the program headers
 * are read when it is opened (mostly one read of one page), the section headers when they are asked for, once. It does
 * not own `source`.
 */
export class ElfHeaders {
  readonly source: ByteSource;
  readonly header: ElfHeader;
  readonly is64: boolean;
  /** The first bytes of the file: mostly the header, the program headers and the name of the interpreter. */
  readonly head: Buffer;
  readonly #segments: ProgramHeaderTable;
  #programHeaders: readonly ProgramHeader[] | undefined;
  #sections: readonly SectionHeader[] | undefined;

  /** Errors: NOT_AN_EXECUTABLE, ELF_INVALID. */
  constructor(source: ByteSource) {
    const head = source.read(0, HEAD_BYTES);
    const header = parseElfHeader(source, head);
    this.source = source;
    this.header = header;
    this.head = head;
    this.is64 = header.class === 64;
    this.#segments = readProgramHeaders(source, header, head);
  }

  get programHeaders(): readonly ProgramHeader[] {
    this.#programHeaders ??= this.#segments.types.map((_, index) => this.#segments.parse(index));
    return this.#programHeaders;
  }

  get loads(): readonly ProgramHeader[] {
    return this.programHeaders.filter((segment) => segment.type === PT.LOAD);
  }

  /** Empty when the file has no (usable) section headers; nothing may rely on them. */
  sections(): readonly SectionHeader[] {
    this.#sections ??= readSectionHeaders(this.source, this.header);
    return this.#sections;
  }

  section(name: string): SectionHeader | undefined {
    return this.sections().find((section) => section.name === name);
  }

  segment(type: number): ProgramHeader | undefined {
    const index = this.#segments.types.indexOf(type);
    return index < 0 ? undefined : this.#segments.parse(index);
  }

  /** What a segment has in the file; undefined when there is none of that type. */
  segmentRange(type: number): ByteRange | undefined {
    return this.#segments.range(type);
  }

  /** Where the byte of a virtual address is in the file; null when no PT_LOAD has it there (.bss, hostile values). */
  fileOffset(address: number): number | null {
    const offset = this.#segments.fileOffset(address);
    return offset !== null && offset < this.source.sizeBytes ? offset : null;
  }

  /** File ranges in which a program's constant strings are: its read-only segments, or the code when there is no other. */
  constantRanges(): readonly ByteRange[] {
    const readOnly = this.loads.filter((load) => (load.flags & PF.W) === 0);
    const separate = readOnly.filter((load) => (load.flags & PF.X) === 0);
    // `-z noseparate-code` and gold put the constants into the executable segment.
    const chosen = separate.length > 0 ? separate : readOnly;
    return chosen.map((load) => ({ offset: load.offset, sizeBytes: load.fileSizeBytes }));
  }
}
