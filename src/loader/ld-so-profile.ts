import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { abisOf, gnuTriple } from '../core/machine-abis.ts';
import { type MachineName, MACHINES } from '../core/machines.ts';
import { type ByteRange, openElf } from '../elf/index.ts';

/** What the bytes of a glibc ld.so say about how it searches. */
export interface LdSoProfile {
  /** Built-in directories in order, each with a trailing slash. */
  readonly directories: readonly string[];
  /** What $LIB stands for: `lib/x86_64-linux-gnu`, `lib64`. */
  readonly lib: string;
  /** It looks into glibc-hwcaps subdirectories (glibc 2.33 and later). */
  readonly glibcHwcaps: boolean;
  /** It looks into subdirectories named by AT_PLATFORM, AT_HWCAP and `tls` (glibc 2.36 and earlier). */
  readonly legacyHwcaps: boolean;
  /** glibc-hwcaps names that it knows, best first; empty on machines that have none. */
  readonly knownHwcaps: readonly string[];
  /** Whether the directories were read from the file, not taken from the table of usual ones. */
  readonly isRead: boolean;
}

/** ld.so is about 200 kB, with debug information some megabytes. */
const LD_SO_LIMIT_BYTES = 16 * 1024 * 1024;

// elf/dl-load.c: system_dirs[] is "/lib/\0/usr/lib/\0" and so on: absolute, each ends in a slash and a NUL.
const DIRECTORY_BLOCK = /(?:\/(?:[\x21-\x2e\x30-\x7e]{1,255}\/){1,32}\0){1,16}/g;
// elf/dl-hwcaps-subdirs.c: _dl_hwcaps_subdirs[] = "x86-64-v4:x86-64-v3:x86-64-v2".
const HWCAPS_BLOCK = /\0((?:x86-64-v\d|power\d+|z\d\d|la\d+|[a-z]+\d+)(?::[a-z][a-z0-9-]*)*)\0/g;

/** Reads a profile from the bytes of ld.so; `machine` is the fallback's key. */
export function readLdSoProfile(source: ByteSource, machine: MachineName | null): LdSoProfile {
  const text = constantsOf(source);
  const fallback = usualProfile(machine);
  const directories = findDirectories(text);
  const glibcHwcaps = text.includes('glibc-hwcaps');
  return {
    directories: directories.length > 0 ? directories : fallback.directories,
    lib: directories.length > 0 ? libOf(directories[0] ?? '') : fallback.lib,
    glibcHwcaps,
    legacyHwcaps: !glibcHwcaps || text.includes('Legacy HWCAP subdirectories'),
    knownHwcaps: glibcHwcaps ? findHwcaps(text, fallback.knownHwcaps) : [],
    isRead: directories.length > 0,
  };
}

/**
 * The constants, which are a fifth of the file; all of it where it does not say which they are: the tree's loader may be
 * anything. Segments may overlap as they like: what is read has one limit for all of them.
 */
function constantsOf(source: ByteSource): string {
  const parts: string[] = [];
  let left = LD_SO_LIMIT_BYTES;
  for (const { offset, sizeBytes } of constantRanges(source)) {
    const bytes = source.read(offset, Math.min(sizeBytes, left));
    left -= bytes.length;
    parts.push(bytes.toString('latin1'));
  }
  return parts.join('\0');
}

function constantRanges(source: ByteSource): readonly ByteRange[] {
  const whole = [{ offset: 0, sizeBytes: source.sizeBytes }];
  try {
    const ranges = openElf(source).constantRanges();
    return ranges.length > 0 ? ranges : whole;
  } catch (error) {
    if (error instanceof MorselError) return whole;
    throw error;
  }
}

function findDirectories(text: string): readonly string[] {
  let best: readonly string[] = [];
  for (const [block] of text.matchAll(DIRECTORY_BLOCK)) {
    const directories = block.split('\0').filter((directory) => directory !== '');
    if (directories.length > best.length && directories.some((directory) => /\/lib[^/]*\//.test(directory))) {
      best = directories;
    }
  }
  return best;
}

function findHwcaps(text: string, usual: readonly string[]): readonly string[] {
  for (const [, block = ''] of text.matchAll(HWCAPS_BLOCK)) {
    const names = block.split(':');
    if (usual.length > 0 && names.includes(usual.at(-1) ?? '')) return names;
  }
  return [];
}

// DL_DST_LIB: Debian takes all of slibdir (`lib/x86_64-linux-gnu`), upstream its last component (`lib64`).
function libOf(directory: string): string {
  const match = /^(?:\/usr)?\/(lib[^/]*(?:\/[^/]+)?)\/$/.exec(directory);
  return match?.[1] ?? directory.split('/').at(-2) ?? 'lib';
}

/**
 * For a tree that has no ld.so: what Debian's and the upstream one would search together. Such a program does not
 * start, but what it would load can be said.
 */
export function usualProfile(machine: MachineName | null): LdSoProfile {
  const [abi] = abisOf(machine);
  const multiarch = abi === undefined ? null : gnuTriple(abi);
  const lib = abi?.lib ?? 'lib';
  const debian = multiarch === null ? [] : [`/lib/${multiarch}/`, `/usr/lib/${multiarch}/`];
  return {
    directories: [...new Set([...debian, '/lib/', '/usr/lib/', `/${lib}/`, `/usr/${lib}/`])],
    lib: multiarch === null ? lib : `lib/${multiarch}`,
    glibcHwcaps: true,
    legacyHwcaps: false,
    knownHwcaps: (machine === null ? null : MACHINES[machine].cpuLevels) ?? [],
    isRead: false,
  };
}
