import type { ByteSource } from '../core/byte-source.ts';
import { type DynamicSection, readDynamicSection } from './dynamic-section.ts';
import { ElfHeaders } from './elf-headers.ts';

/** An ELF file as its tables, each read when it is asked for, once. */
export class ElfFile extends ElfHeaders {
  #dynamic: DynamicSection | null | undefined;

  dynamic(): DynamicSection | null {
    if (this.#dynamic === undefined) this.#dynamic = readDynamicSection(this);
    return this.#dynamic;
  }
}

/** Errors: NOT_AN_EXECUTABLE, ELF_INVALID. */
export function openElf(source: ByteSource): ElfFile {
  return new ElfFile(source);
}
