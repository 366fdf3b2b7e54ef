import { X86_LEVELS, type X86Level } from '../core/machines.ts';
import { type ElfNote, NT_GNU } from './notes.ts';

/** NT_GNU_BUILD_ID as lower-case hex; null when there is none. */
export function buildId(notes: readonly ElfNote[]): string | null {
  const note = notes.find((candidate) => candidate.owner === 'GNU' && candidate.type === NT_GNU.BUILD_ID);
  return note === undefined ? null : note.description.toString('hex');
}

export interface AbiTag {
  readonly os: 'Linux' | 'Hurd' | 'Solaris' | 'FreeBSD' | 'unknown';
  /** Earliest kernel that glibc was built for. Not enforced since 2.26: information only. */
  readonly kernel: string;
}

const ABI_TAG_SYSTEMS = ['Linux', 'Hurd', 'Solaris', 'FreeBSD'] as const;

/** NT_GNU_ABI_TAG: written by glibc's start files, static or dynamic; null when there is none. */
export function abiTag(notes: readonly ElfNote[], littleEndian: boolean): AbiTag | null {
  const note = notes.find((candidate) => candidate.owner === 'GNU' && candidate.type === NT_GNU.ABI_TAG);
  if (note === undefined || note.description.length < 16) return null;
  const word = (index: number): number => readU32(note.description, index * 4, littleEndian);
  return { os: ABI_TAG_SYSTEMS[word(0)] ?? 'unknown', kernel: `${word(1)}.${word(2)}.${word(3)}` };
}

/** pr_type of x86 and AArch64. System V ABI, Linux extensions. */
const GNU_PROPERTY_X86_ISA_1_NEEDED = 0xc0008002;

export type IsaLevel = 'x86-64-baseline' | X86Level;
/** By the bit of each. */
const ISA_LEVELS: readonly IsaLevel[] = ['x86-64-baseline', ...X86_LEVELS.toReversed()];

/** The entries of all NT_GNU_PROPERTY_TYPE_0 notes, by pr_type. */
export function gnuProperties(
  notes: readonly ElfNote[],
  is64: boolean,
  littleEndian: boolean,
): ReadonlyMap<number, Buffer> {
  const properties = new Map<number, Buffer>();
  const align = is64 ? 8 : 4;
  for (const note of notes) {
    if (note.owner !== 'GNU' || note.type !== NT_GNU.PROPERTY_TYPE_0) continue;
    for (let at = 0; at + 8 <= note.description.length;) {
      const type = readU32(note.description, at, littleEndian);
      const size = readU32(note.description, at + 4, littleEndian);
      if (at + 8 + size > note.description.length) break;
      properties.set(type, note.description.subarray(at + 8, at + 8 + size));
      at += 8 + Math.ceil(size / align) * align;
    }
  }
  return properties;
}

/**
 * The x86-64 level that ld.so insists on ("CPU ISA level is lower than required"). Only `-Wl,-z,x86-64-vN` writes it,
 * `-march` does not: null means that the bytes do not say.
 */
export function isaLevelNeeded(properties: ReadonlyMap<number, Buffer>): IsaLevel | null {
  const bits = properties.get(GNU_PROPERTY_X86_ISA_1_NEEDED);
  if (bits === undefined || bits.length < 4) return null;
  const word = readU32(bits, 0, true);
  return ISA_LEVELS.findLast((_level, bit) => (word & (1 << bit)) !== 0) ?? null;
}

function readU32(bytes: Buffer, at: number, littleEndian: boolean): number {
  return littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}
