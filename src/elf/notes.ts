import { ByteWindow } from './byte-window.ts';
import type { ElfFile } from './elf-file.ts';
import { PT } from './program-headers.ts';
import { SHT } from './section-headers.ts';

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
const NOTE_LIMIT = 4096;
const NOTES_LIMIT_BYTES = 1024 * 1024;
/** Segments and sections of notes; a program has up to five. */
const NOTE_TABLE_LIMIT = 256;

interface NoteTable {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly align: number;
}

/**
 * The notes of all PT_NOTE segments and, where there are section headers, of the note sections that no segment
 * holds (.note.stapsdt, and the build-id of Go's linker). What is damaged or beyond the limits is left out: a note
 * never decides whether a file is valid.
 */
export function readNotes(elf: ElfFile): readonly ElfNote[] {
  const notes: ElfNote[] = [];
  let left = NOTES_LIMIT_BYTES;
  for (const table of noteTables(elf)) {
    const sizeBytes = Math.min(table.sizeBytes, left, elf.source.sizeBytes - table.offset);
    left -= Math.max(0, sizeBytes);
    appendNotes(elf, { ...table, sizeBytes }, notes);
  }
  return notes;
}

/**
 * Whether a PT_NOTE segment has a note of that owner, by its header alone: a description may be larger than what
 * `readNotes` takes.
 */
export function hasNoteOf(elf: ElfFile, owner: string): boolean {
  const segments = elf.programHeaders.filter(({ type }) => type === PT.NOTE).slice(0, NOTE_TABLE_LIMIT);
  return segments.some(({ offset, fileSizeBytes }) => {
    const window = new ByteWindow(elf.source, elf.header.littleEndian);
    const end = Math.min(offset + fileSizeBytes, elf.source.sizeBytes);
    let at = offset;
    for (let count = 0; count < NOTE_LIMIT && at + 12 <= end; count += 1) {
      const nameSize = window.u32(at);
      if (at + 12 + owner.length > end) return false;
      if (nameSize === owner.length + 1 && window.bytes(at + 12, owner.length).toString('latin1') === owner)
        return true;
      at += roundUp(12 + nameSize, 4) + roundUp(window.u32(at + 4), 4);
    }
    return false;
  });
}

function noteTables(elf: ElfFile): readonly NoteTable[] {
  const segments = elf.programHeaders
    .filter(({ type }) => type === PT.NOTE)
    .slice(0, NOTE_TABLE_LIMIT)
    .map(({ offset, fileSizeBytes, align }) => ({ offset, sizeBytes: fileSizeBytes, align }));
  const sections = elf
    .sections()
    .filter(({ type }) => type === SHT.NOTE)
    .slice(0, NOTE_TABLE_LIMIT)
    .filter(
      ({ offset }) =>
        !segments.some((segment) => offset >= segment.offset && offset < segment.offset + segment.sizeBytes),
    );
  return [...segments, ...sections];
}

function appendNotes(elf: ElfFile, { offset, sizeBytes, align }: NoteTable, notes: ElfNote[]): void {
  if (!(sizeBytes >= 12)) return;
  const window = new ByteWindow(elf.source, elf.header.littleEndian, sizeBytes);
  // gABI says 8 for 64-bit files, everybody writes 4, but .note.gnu.property really is 8: p_align decides.
  const padding = align === 8 ? 8 : 4;
  const end = offset + sizeBytes;
  let at = offset;
  while (at + 12 <= end && notes.length < NOTE_LIMIT) {
    const nameSize = window.u32(at);
    const descriptionSize = window.u32(at + 4);
    const descriptionAt = at + roundUp(12 + nameSize, padding);
    if (descriptionAt + descriptionSize > end) return;
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
