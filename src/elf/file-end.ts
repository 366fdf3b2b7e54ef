import type { ElfFile } from './elf-file.ts';
import { SHT } from './section-headers.ts';

/** The offset after the last byte that a header, a segment or a section holds; what follows was appended. */
export function fileEnd(elf: ElfFile): number {
  const { header } = elf;
  const sections = elf.sections();
  let end = Math.max(
    header.headerSizeBytes,
    header.programHeaderOffset + elf.programHeaders.length * header.programHeaderEntrySize,
    header.sectionHeaderOffset + sections.length * header.sectionHeaderEntrySize,
  );
  for (const segment of elf.programHeaders) end = Math.max(end, segment.offset + segment.fileSizeBytes);
  for (const section of sections) {
    if (section.type !== SHT.NOBITS) end = Math.max(end, section.offset + section.sizeBytes);
  }
  return end;
}
