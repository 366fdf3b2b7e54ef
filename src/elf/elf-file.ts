import type { ByteSource } from '../core/byte-source.ts';
import type { ByteWindow } from './byte-window.ts';
import { type DynamicSection, readDynamicSection } from './dynamic-section.ts';
import { type ElfHeader, readElfHeader } from './elf-header.ts';
import { PF, type ProgramHeader, PT, readProgramHeaders } from './program-headers.ts';
import { readSectionHeaders, type SectionHeader } from './section-headers.ts';

/**
 * An ELF file as its tables: the header and the program headers are read when it is opened (mostly one read of one
 * page), everything else when it is asked for, once. It does not own `source`.
 */
export class ElfFile {
  readonly source: ByteSource;
  readonly header: ElfHeader;
  readonly is64: boolean;
  readonly programHeaders: readonly ProgramHeader[];
  readonly loads: readonly ProgramHeader[];
  /** Through which the header was read; positioned on the first page. */
  readonly window: ByteWindow;
  #sections: readonly SectionHeader[] | undefined;
  #dynamic: DynamicSection | null | undefined;

  /** Errors: NOT_AN_EXECUTABLE, ELF_INVALID. */
  constructor(source: ByteSource) {
    const { header, window } = readElfHeader(source);
    this.source = source;
    this.header = header;
    this.window = window;
    this.is64 = header.class === 64;
    this.programHeaders = readProgramHeaders(window, header);
    this.loads = this.programHeaders.filter((segment) => segment.type === PT.LOAD);
  }

  /** Empty when the file has no (usable) section headers; nothing may rely on them. */
  sections(): readonly SectionHeader[] {
    this.#sections ??= readSectionHeaders(this.window, this.header);
    return this.#sections;
  }

  section(name: string): SectionHeader | undefined {
    return this.sections().find((section) => section.name === name);
  }

  dynamic(): DynamicSection | null {
    if (this.#dynamic === undefined) this.#dynamic = readDynamicSection(this);
    return this.#dynamic;
  }

  segment(type: number): ProgramHeader | undefined {
    return this.programHeaders.find((header) => header.type === type);
  }

  /** Where the byte of a virtual address is in the file; null when no PT_LOAD has it there (.bss, hostile values). */
  fileOffset(address: number): number | null {
    for (const load of this.loads) {
      if (address >= load.address && address - load.address < load.fileSizeBytes) {
        const offset = load.offset + (address - load.address);
        return offset < this.source.sizeBytes ? offset : null;
      }
    }
    return null;
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

export interface ByteRange {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Errors: NOT_AN_EXECUTABLE, ELF_INVALID. */
export function openElf(source: ByteSource): ElfFile {
  return new ElfFile(source);
}
