import type { ByteSource } from '../core/byte-source.ts';
import { openElf } from './elf-file.ts';
import { PT } from './program-headers.ts';

/** p_memsz in Elf64_Phdr and in Elf32_Phdr. */
const MEMORY_SIZE_AT = { 64: 40, 32: 20 } as const;

/**
 * What to write where, so that a program asks for a stack of so many bytes (PT_GNU_STACK's p_memsz); null where it says a size
 * itself, or has no such header. As `ld -z stack-size` does it, but that keeps a note of 80 bytes beside. Errors:
 * NOT_AN_EXECUTABLE, ELF_INVALID.
 */
export function planStackSize(
  source: ByteSource,
  sizeBytes: number,
): { readonly offset: number; readonly bytes: Buffer } | null {
  const { programHeaders, header, is64 } = openElf(source);
  const index = programHeaders.findIndex(({ type }) => type === PT.GNU_STACK);
  if (index < 0 || programHeaders[index]?.memorySizeBytes !== 0) return null;
  const bytes = Buffer.alloc(is64 ? 8 : 4);
  const at = header.littleEndian ? 0 : bytes.length - 4;
  if (header.littleEndian) bytes.writeUInt32LE(sizeBytes, at);
  else bytes.writeUInt32BE(sizeBytes, at);
  const entry = header.programHeaderOffset + index * header.programHeaderEntrySize;
  return { offset: entry + MEMORY_SIZE_AT[is64 ? 64 : 32], bytes };
}
