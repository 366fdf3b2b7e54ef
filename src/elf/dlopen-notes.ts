import type { ElfFile } from './elf-file.ts';
import { type ElfNote, hasNoteOf, readNotes } from './notes.ts';

/** A library that an object opens by itself when it is there, as it says in its `.note.dlopen`. */
export interface DlopenNote {
  /** What it is for: `zstd`; null when it is not said. */
  readonly feature: string | null;
  /** How much the object needs it. */
  readonly priority: DlopenPriority;
  /** The names that it tries, best first: one of them is enough. */
  readonly sonames: readonly string[];
}

/** `required`: it does not work without; `recommended`: the default of the specification. */
export type DlopenPriority = 'required' | 'recommended' | 'suggested';

/** n_type of owner "FDO": NT_FDO_DLOPEN_METADATA. https://systemd.io/ELF_DLOPEN_METADATA/ */
const NT_FDO_DLOPEN_METADATA = 0x407c0c0a;

/** systemd's own library has some twenty, of some hundred bytes each. */
const NOTE_LIMIT_BYTES = 64 * 1024;
const ENTRY_LIMIT = 256;
const SONAME_LIMIT = 16;
/** NAME_MAX. */
const NAME_LIMIT = 255;

/** As `dlopenNotes`, of a file whose other facts are not asked for; such notes are allocated, so that a segment has them. */
export const readDlopenNotes = (elf: ElfFile): readonly DlopenNote[] =>
  hasNoteOf(elf, 'FDO') ? dlopenNotes(readNotes(elf)) : [];

/** What is not as the specification has it is passed over: a note never decides whether a file is valid. */
export function dlopenNotes(notes: readonly ElfNote[]): readonly DlopenNote[] {
  return notes
    .filter(({ owner, type }) => owner === 'FDO' && type === NT_FDO_DLOPEN_METADATA)
    .flatMap(({ description }) => entriesOf(description))
    .slice(0, ENTRY_LIMIT)
    .flatMap((entry) => noteOf(entry) ?? []);
}

function entriesOf(description: Buffer): readonly unknown[] {
  if (description.length > NOTE_LIMIT_BYTES) return [];
  const end = description.indexOf(0);
  try {
    const value: unknown = JSON.parse(description.toString('utf8', 0, end < 0 ? description.length : end));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function noteOf(entry: unknown): DlopenNote | null {
  if (typeof entry !== 'object' || entry === null) return null;
  const { soname, feature, priority } = entry as Record<string, unknown>;
  const sonames = (Array.isArray(soname) ? soname : []).filter(isSoname).slice(0, SONAME_LIMIT);
  if (sonames.length === 0) return null;
  return {
    feature: typeof feature === 'string' && feature !== '' ? feature.slice(0, NAME_LIMIT) : null,
    priority: priority === 'required' || priority === 'suggested' ? priority : 'recommended',
    sonames,
  };
}

/** A name that a loader searches for: a path would lead anywhere. */
function isSoname(value: unknown): value is string {
  return typeof value === 'string' && value.length <= NAME_LIMIT && /^[\w.+~-]+$/.test(value);
}
