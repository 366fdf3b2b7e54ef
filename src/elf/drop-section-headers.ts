import type { ByteSource } from '../core/byte-source.ts';
import { type ElfFile, openElf } from './elf-file.ts';
import { fileEnd } from './file-end.ts';
import { PN_XNUM, PT } from './program-headers.ts';

/** How an executable is written without what no kernel and no loader reads; or why it must stay as it is. */
export type SectionDropPlan =
  | {
      readonly kind: 'drop';
      /** Write this many bytes from the start of the file … */
      readonly sizeBytes: number;
      /** … with these bytes laid over them. */
      readonly patches: readonly { readonly offset: number; readonly bytes: Buffer }[];
      readonly savedBytes: number;
    }
  | { readonly kind: 'keep'; readonly reason: string };

/** e_type. */
const ET_EXEC = 2;
const ET_DYN = 3;
const PT_NULL = 0;

/**
 * What `sstrip` does: the file ends with the last byte that a program header holds, and e_shoff, e_shnum and
 * e_shstrndx are zero. A file that carries bytes of its own after that (a self-extracting archive, a signature)
 * stays as it is: its program may read them. Errors: NOT_AN_EXECUTABLE, ELF_INVALID.
 */
export function planSectionDrop(source: ByteSource): SectionDropPlan {
  const elf = openElf(source);
  const reason = reasonToKeep(elf);
  if (reason !== null) return { kind: 'keep', reason };
  const sizeBytes = lastProgramByte(elf);
  const savedBytes = source.sizeBytes - sizeBytes;
  if (sizeBytes > source.sizeBytes) return { kind: 'keep', reason: 'a segment ends after the file' };
  return { kind: 'drop', sizeBytes, savedBytes, patches: headerPatches(elf) };
}

function reasonToKeep(elf: ElfFile): string | null {
  const { header } = elf;
  if (header.type !== ET_EXEC && header.type !== ET_DYN) return 'it is not an executable or a shared object';
  if (elf.loads.length === 0) return 'it has no segments';
  if (header.programHeaderCount === PN_XNUM) return 'the number of its program headers is kept in section 0';
  if (header.sectionHeaderOffset === 0) return 'it has no section headers';
  const trailing = elf.source.sizeBytes - fileEnd(elf);
  if (elf.sections().length === 0) return 'its section headers cannot be read';
  return trailing > 0 ? `${trailing} bytes are appended to it, which the program may read` : null;
}

function lastProgramByte(elf: ElfFile): number {
  const { header } = elf;
  let end = Math.max(
    header.headerSizeBytes,
    header.programHeaderOffset + elf.programHeaders.length * header.programHeaderEntrySize,
  );
  for (const segment of elf.programHeaders) {
    if (segment.type !== PT_NULL && segment.type !== PT.GNU_STACK) {
      end = Math.max(end, segment.fileSizeBytes === 0 ? 0 : segment.offset + segment.fileSizeBytes);
    }
  }
  return end;
}

/** e_shoff; then e_shnum and e_shstrndx, which are neighbours. */
function headerPatches(elf: ElfFile): readonly { readonly offset: number; readonly bytes: Buffer }[] {
  return elf.is64
    ? [
        { offset: 40, bytes: Buffer.alloc(8) },
        { offset: 60, bytes: Buffer.alloc(4) },
      ]
    : [
        { offset: 32, bytes: Buffer.alloc(4) },
        { offset: 48, bytes: Buffer.alloc(4) },
      ];
}

/** The file as the plan would write it, without writing it: reads go through to `source`. */
export function sectionlessView(source: ByteSource, plan: SectionDropPlan): ByteSource {
  if (plan.kind === 'keep') return source;
  const { sizeBytes, patches } = plan;
  return {
    name: source.name,
    sizeBytes,
    read: (offset, length) => {
      const original = source.read(offset, Math.min(length, Math.max(0, sizeBytes - offset)));
      if (!patches.some((patch) => offset < patch.offset + patch.bytes.length)) return original;
      const patched = Buffer.from(original);
      for (const patch of patches) overlay(patched, offset, patch);
      return patched;
    },
    close: () => source.close(),
  };
}

function overlay(
  bytes: Buffer,
  start: number,
  patch: { readonly offset: number; readonly bytes: Buffer },
): void {
  for (const [index, byte] of patch.bytes.entries()) {
    const at = patch.offset + index - start;
    if (at >= 0 && at < bytes.length) bytes[at] = byte;
  }
}
