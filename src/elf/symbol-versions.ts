import { ByteWindow, invalid } from './byte-window.ts';
import { DT } from './dynamic-section.ts';
import type { ElfFile } from './elf-file.ts';
import type { VersionNeed } from './facts.ts';

/** vna_flags, vd_flags. */
export const VER_FLG_BASE = 1;
export const VER_FLG_WEAK = 2;

/** libstdc++ defines about 100 versions, libc about 60. */
const VERSION_LIMIT = 1 << 13;

/** Elf_Verneed with its Elf_Vernaux: versions wanted of one library. */
export interface VersionNeedRecord {
  readonly library: string;
  readonly versions: readonly { readonly name: string; readonly flags: number; readonly index: number }[];
}

/** Elf_Verdef: a version that this object defines, with the versions it inherits. */
export interface VersionDefinitionRecord {
  readonly name: string;
  readonly parents: readonly string[];
  readonly flags: number;
  readonly index: number;
}

/** DT_VERNEED. Errors: ELF_INVALID. */
export function readVersionNeeds(elf: ElfFile): readonly VersionNeedRecord[] {
  const table = versionTable(elf, DT.VERNEED, DT.VERNEEDNUM);
  if (table === null) return [];
  const { window, strings } = table;
  const records: VersionNeedRecord[] = [];
  let total = 0;
  let at = table.offset;
  while (records.length < table.count) {
    const auxCount = window.u16(at + 2);
    const library = strings.get(window.u32(at + 4));
    const next = window.u32(at + 12);
    total += auxCount;
    if (total > VERSION_LIMIT) throw invalid(elf.source, at, 'too many versions');
    records.push({
      library,
      versions: readNeededVersions(window, strings, at + window.u32(at + 8), auxCount),
    });
    if (next === 0) break;
    at += next;
  }
  return records;
}

/** The record as facts tell it. */
export function versionNeedOf({ library, versions }: VersionNeedRecord): VersionNeed {
  return {
    library,
    versions: versions.map(({ name, flags }) => ({ name, weak: (flags & VER_FLG_WEAK) !== 0 })),
  };
}

function readNeededVersions(
  window: ByteWindow,
  strings: { get(offset: number): string },
  start: number,
  count: number,
): VersionNeedRecord['versions'] {
  const versions: { name: string; flags: number; index: number }[] = [];
  let at = start;
  while (versions.length < count) {
    const next = window.u32(at + 12);
    versions.push({
      name: strings.get(window.u32(at + 8)),
      flags: window.u16(at + 4),
      index: window.u16(at + 6),
    });
    if (next === 0) break;
    at += next;
  }
  return versions;
}

/** DT_VERDEF. Errors: ELF_INVALID. */
export function readVersionDefinitions(elf: ElfFile): readonly VersionDefinitionRecord[] {
  const table = versionTable(elf, DT.VERDEF, DT.VERDEFNUM);
  if (table === null) return [];
  const { window, strings } = table;
  const records: VersionDefinitionRecord[] = [];
  let total = 0;
  let at = table.offset;
  while (records.length < table.count) {
    const flags = window.u16(at + 2);
    const index = window.u16(at + 4);
    const auxCount = window.u16(at + 6);
    const next = window.u32(at + 16);
    total += auxCount;
    if (total > VERSION_LIMIT) throw invalid(elf.source, at, 'too many versions');
    const [name = '', ...parents] = readDefinedNames(window, strings, at + window.u32(at + 12), auxCount);
    records.push({ name, parents, flags, index });
    if (next === 0) break;
    at += next;
  }
  return records;
}

function readDefinedNames(
  window: ByteWindow,
  strings: { get(offset: number): string },
  start: number,
  count: number,
): readonly string[] {
  const names: string[] = [];
  let at = start;
  while (names.length < count) {
    names.push(strings.get(window.u32(at)));
    const next = window.u32(at + 4);
    if (next === 0) break;
    at += next;
  }
  return names;
}

function versionTable(elf: ElfFile, tag: number, countTag: number) {
  const dynamic = elf.dynamic();
  const address = dynamic?.value(tag);
  const strings = dynamic?.strings ?? null;
  if (address === undefined || strings === null) return null;
  const count = dynamic?.value(countTag) ?? 0;
  if (count === 0) return null;
  const offset = elf.fileOffset(address);
  if (offset === null || count > VERSION_LIMIT)
    throw invalid(elf.source, address, 'the version table is not in the file');
  return { offset, count, strings, window: new ByteWindow(elf.source, elf.header.littleEndian) };
}

/**
 * The highest GLIBC_x.y among the versions that an object asks for; null when it asks for none. Weak needs are left
 * out (ld.so only warns); GLIBC_ABI_DT_RELR is 2.36 (glibc NEWS 2.36); GLIBC_PRIVATE has no number.
 */
export function highestGlibc(needs: readonly VersionNeedRecord[]): string | null {
  let highest: string | null = null;
  for (const { versions } of needs) {
    for (const { name, flags } of versions) {
      if ((flags & VER_FLG_WEAK) !== 0) continue;
      const version = glibcVersionOf(name);
      if (version !== null && (highest === null || compareDotted(version, highest) > 0)) highest = version;
    }
  }
  return highest;
}

/** `GLIBC_2.34` is 2.34; null for names that carry no version of glibc. */
export function glibcVersionOf(name: string): string | null {
  if (name === 'GLIBC_ABI_DT_RELR') return '2.36';
  return /^GLIBC_(\d+(?:\.\d+)*)$/.exec(name)?.[1] ?? null;
}

/** Compares dotted numbers by number, so that 2.4 is below 2.34. */
export function compareDotted(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
