import { openByteSource } from '../../core/byte-source.ts';
import { type ElfFacts, readElf } from '../../elf/index.ts';

/** What the bytes of an executable say. Errors: NOT_FOUND, UNREADABLE, ELF_INVALID. */
export function readFacts(path: string): ElfFacts {
  const source = openByteSource(path);
  try {
    return readElf(source);
  } finally {
    source.close();
  }
}
