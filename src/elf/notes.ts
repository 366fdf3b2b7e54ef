import { ByteWindow } from './byte-window.ts';
import type { ElfFile } from './elf-file.ts';
import { PT } from './program-headers.ts';
import { type SectionHeader, SHT } from './section-headers.ts';

/** An entry of a PT_NOTE segment or an SHT_NOTE section. */
export interface ElfNote {
  readonly owner: string;
  readonly type: number;
  readonly description: Buffer;
}

/** n_type of owner "GNU". */
export const NT_GNU = { ABI_TAG: 1, BUILD_ID: 3, PROPERTY_TYPE_0: 5 } as const;
/** n_type of owner "Go". */
export const NT_GO_BUILD_ID = 4;

/** libc's stapsdt probes are some hundred; the notes of a core dump are not what is asked for here. */
export const NOTE_LIMIT = 4096;
export const NOTE_SEGMENT_LIMIT_BYTES = 1024 * 1024;

/**
 * The notes of all PT_NOTE segments and, where there are section headers, of the note sections that no segment
 * holds (.note.stapsdt, and the build-id of Go's linker). What is damaged is left out: a note never decides whether a file is valid.
 */
export function readNotes(elf: ElfFile): readonly ElfNote[] {
  const notes: ElfNote[] = [];
  for (const segment of elf.programHeaders) {
    if (segment.type === PT.NOTE)
      appendNotes(elf, segment.offset, segment.fileSizeBytes, segment.align, notes);
  }
  for (const section of elf.sections()) {
    if (section.type !== SHT.NOTE || isInNoteSegment(elf, section)) continue;
    appendNotes(elf, section.offset, section.sizeBytes, section.align, notes);
  }
  return notes;
}

function isInNoteSegment(elf: ElfFile, section: SectionHeader): boolean {
  return elf.programHeaders.some(
    (segment) =>
      segment.type === PT.NOTE &&
      section.offset >= segment.offset &&
      section.offset < segment.offset + segment.fileSizeBytes,
  );
}

function appendNotes(elf: ElfFile, offset: number, sizeBytes: number, align: number, notes: ElfNote[]): void {
  const size = Math.min(sizeBytes, NOTE_SEGMENT_LIMIT_BYTES, elf.source.sizeBytes - offset);
  if (!(size >= 12)) return;
  const window = new ByteWindow(elf.source, elf.header.littleEndian, size);
  // gABI says 8 for 64-bit files, everybody writes 4, but .note.gnu.property really is 8: p_align decides.
  const padding = align === 8 ? 8 : 4;
  const end = offset + size;
  let at = offset;
  while (at + 12 <= end && notes.length < NOTE_LIMIT) {
    const nameSize = window.u32(at);
    const descriptionSize = window.u32(at + 4);
    const descriptionAt = at + roundUp(12 + nameSize, padding);
    if (nameSize > size || descriptionSize > size || descriptionAt + descriptionSize > end) return;
    const owner = window
      .bytes(at + 12, nameSize)
      .toString('latin1')
      .replace(/\0+$/, '');
    const description = Buffer.from(window.bytes(descriptionAt, descriptionSize));
    notes.push({ owner, type: window.u32(at + 8), description });
    at = descriptionAt + roundUp(descriptionSize, padding);
  }
}

function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
