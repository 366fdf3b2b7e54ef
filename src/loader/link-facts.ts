import type { ByteSource } from '../core/byte-source.ts';
import { type MachineName, machineOfElf } from '../core/machines.ts';
import {
  type ElfFacts,
  type ElfLinkage,
  type VersionNeed,
  type ElfFile,
  exportsAll,
  factsOf,
  linkageOf,
  openElf,
  readVersionDefinitions,
  readVersionNeeds,
  versionNeedOf,
} from '../elf/index.ts';
import { glibcRank } from './glibc-rank.ts';

/** What a loader reads of a file: a few kilobytes, where `ElfFacts` may cost a search through the whole of it. */
export interface LinkFacts extends ElfLinkage {
  /** PT_DYNAMIC is there: without it nothing can be loaded as a library. */
  readonly dynamic: boolean;
  /** DT_FILTER and DT_AUXILIARY names; glibc loads them beside DT_NEEDED, musl does not. */
  readonly filters: readonly string[];
  readonly auxiliaries: readonly string[];
  readonly versionNeeds: readonly VersionNeed[];
  /** The highest of them that is a version of glibc and not weak: `GLIBC_2.34`. */
  readonly highestGlibc: string | null;
  /** All of DT_VERDEF, the base version too: ld.so compares with every one. */
  readonly versionDefinitions: ReadonlySet<string>;
}

// elf.h; they are not in the gABI's range.
const DT_AUXILIARY = 0x7ffffffd;
const DT_FILTER = 0x7fffffff;

/** Errors: NOT_AN_EXECUTABLE, ELF_INVALID. */
export function readLinkFacts(source: ByteSource): LinkFacts {
  const elf = openElf(source);
  const linkage = linkageOf(elf);
  const dynamic = linkage.link === 'none' ? null : elf.dynamic();
  const versionNeeds = dynamic === null ? [] : readVersionNeeds(elf).map(versionNeedOf);
  return {
    ...linkage,
    dynamic: dynamic !== null,
    filters: namesOf(dynamic, DT_FILTER),
    auxiliaries: namesOf(dynamic, DT_AUXILIARY),
    versionNeeds,
    highestGlibc: highestGlibc(versionNeeds),
    versionDefinitions: new Set(dynamic === null ? [] : readVersionDefinitions(elf).map(({ name }) => name)),
  };
}

/** The row of an object's machine in the table of machines; null where there is none. */
export function machineOf({ machineNumber, class: bits, byteOrder }: LinkFacts): MachineName | null {
  return machineOfElf({ machine: machineNumber, class: bits, littleEndian: byteOrder === 'little' });
}

/** Nearly no object has such an entry: the others are spared a second look at their table. */
function namesOf(dynamic: ReturnType<ElfFile['dynamic']>, wanted: number): readonly string[] {
  if (dynamic?.value(wanted) === undefined) return [];
  const entries = dynamic.entries().filter(({ tag }) => tag === wanted);
  return entries.map(({ value }) => dynamic.strings?.get(value) ?? '');
}

/** The version name that ranks highest, without weak ones. */
function highestGlibc(needs: readonly VersionNeed[]): string | null {
  let highest: string | null = null;
  let rank = -1;
  for (const { versions } of needs) {
    for (const { name, weak } of versions) {
      const own = weak ? -1 : glibcRank(name);
      if (own <= rank) continue;
      rank = own;
      highest = name;
    }
  }
  return highest;
}

/** Errors: NOT_AN_EXECUTABLE, ELF_INVALID, LIMIT_EXCEEDED. */
export function readAllFacts(source: ByteSource): ElfFacts {
  return factsOf(openElf(source));
}

/** Whether musl takes a library for a C library, and itself in its place (ldso/dynlink.c, load_library). */
export function looksLikeLibc(source: ByteSource): boolean {
  return exportsAll(openElf(source), ['__libc_start_main', 'stdin']);
}
