import type { Cpu } from './cpu.ts';

/** sysdeps/generic/dl-cache.h of glibc 2.36. */
const OLD_MAGIC = 'ld.so-1.7.0';
const NEW_MAGIC = 'glibc-ld.so.cache1.1';
const OLD_HEADER_BYTES = 16;
const OLD_ENTRY_BYTES = 12;
const NEW_HEADER_BYTES = 48;
const NEW_ENTRY_BYTES = 24;
const EXTENSION_MAGIC = 0xeaa42174;
const EXTENSION_TAG_HWCAPS = 1;
/** The directory of a cache is about 1 MiB on a full desktop; ldconfig could not make one of this size. */
export const LD_SO_CACHE_LIMIT_BYTES = 64 * 1024 * 1024;
/** Sections of the extension directory, and hwcaps names in it: glibc writes 2 and at most a few dozen. */
const EXTENSION_SECTION_LIMIT = 64;
const HWCAPS_NAME_LIMIT = 1024;
const STRING_LIMIT_BYTES = 4096;

const HWCAP_EXTENSION_HIGH = 0x4000_0000;
const ISA_LEVEL_MASK = 0x3ff;

/** An /etc/ld.so.cache, opened for look-ups. Offsets are checked when they are used, as ld.so does. */
export interface LdSoCache {
  readonly bytes: Buffer;
  readonly littleEndian: boolean;
  /** Where string offsets count from, and where the entries begin. */
  readonly stringsStart: number;
  readonly stringsLength: number;
  readonly entriesStart: number;
  readonly entryBytes: number;
  readonly entryCount: number;
  /** glibc-hwcaps names by their index in hwcap fields. */
  readonly hwcapsNames: readonly string[];
}

/** null for bytes that ld.so would ignore: no magic, cut short, of the other byte order. */
export function parseLdSoCache(bytes: Buffer, littleEndian: boolean): LdSoCache | null {
  if (bytes.length > NEW_HEADER_BYTES && startsWith(bytes, 0, NEW_MAGIC)) {
    return newFormat(bytes, 0, littleEndian);
  }
  if (bytes.length <= OLD_HEADER_BYTES || !startsWith(bytes, 0, OLD_MAGIC)) return null;
  const count = u32(bytes, 12, littleEndian);
  if (Math.floor((bytes.length - OLD_HEADER_BYTES) / OLD_ENTRY_BYTES) < count) return null;
  const end = OLD_HEADER_BYTES + count * OLD_ENTRY_BYTES;
  const aligned = Math.ceil(end / 8) * 8;
  if (bytes.length >= aligned + NEW_HEADER_BYTES && startsWith(bytes, aligned, NEW_MAGIC)) {
    return newFormat(bytes, aligned, littleEndian);
  }
  return {
    bytes,
    littleEndian,
    stringsStart: end,
    stringsLength: bytes.length - end,
    entriesStart: OLD_HEADER_BYTES,
    entryBytes: OLD_ENTRY_BYTES,
    entryCount: count,
    hwcapsNames: [],
  };
}

function newFormat(bytes: Buffer, start: number, littleEndian: boolean): LdSoCache | null {
  const count = u32(bytes, start + 20, littleEndian);
  const room = Math.floor((bytes.length - start - NEW_HEADER_BYTES) / NEW_ENTRY_BYTES);
  // ld.so checks the count only when the file begins with the new format; past the end it would crash.
  if (room < count) return null;
  const flags = bytes[start + 28] ?? 0;
  if (flags !== 0 && (flags & 3) !== (littleEndian ? 2 : 3)) return null;
  return {
    bytes,
    littleEndian,
    stringsStart: start,
    // ld.so takes the size of the whole file as the bound; what is past its end reads as empty here.
    stringsLength: bytes.length,
    entriesStart: start + NEW_HEADER_BYTES,
    entryBytes: NEW_ENTRY_BYTES,
    entryCount: count,
    hwcapsNames: readHwcapsNames(bytes, start, littleEndian),
  };
}

function readHwcapsNames(bytes: Buffer, start: number, littleEndian: boolean): readonly string[] {
  const offset = u32(bytes, start + 32, littleEndian);
  if (offset === 0 || offset % 4 !== 0 || offset + 8 > bytes.length) return [];
  if (u32(bytes, offset, littleEndian) !== EXTENSION_MAGIC) return [];
  const sections = Math.min(u32(bytes, offset + 4, littleEndian), EXTENSION_SECTION_LIMIT);
  for (let i = 0; i < sections; i += 1) {
    const at = offset + 8 + i * 16;
    if (at + 16 > bytes.length) return [];
    if (u32(bytes, at, littleEndian) !== EXTENSION_TAG_HWCAPS) continue;
    const data = u32(bytes, at + 8, littleEndian);
    const size = u32(bytes, at + 12, littleEndian);
    if (size === 0 || size % 4 !== 0 || data % 4 !== 0 || data + size > bytes.length) return [];
    const count = Math.min(size / 4, HWCAPS_NAME_LIMIT);
    return Array.from({ length: count }, (_, k) => cString(bytes, u32(bytes, data + k * 4, littleEndian)));
  }
  return [];
}

export interface CacheQuery {
  readonly name: string;
  /** `flags` values that fit this machine and ABI; the first is the exact one. */
  readonly flags: readonly number[];
  readonly cpu: Cpu;
  /** Since glibc 2.33: entries of glibc-hwcaps directories. Before that their extension bit is an unknown AT_HWCAP. */
  readonly glibcHwcaps: boolean;
  /** Until glibc 2.36 AT_HWCAP bits in the entries count too. */
  readonly legacyHwcaps: boolean;
}

/**
 * The path that ld.so takes from the cache for a name (elf/dl-cache.c, search_cache): binary search, then the best
 * glibc-hwcaps entry that this processor supports, else the first plain one.
 */
export function lookUpCache(cache: LdSoCache, query: CacheQuery): string | null {
  const range = findRange(cache, query.name);
  if (range === null) return null;
  let best: string | null = null;
  let bestPriority = Infinity;
  for (let i = range.first; i <= range.last; i += 1) {
    const entry = readEntry(cache, i);
    if (!query.flags.includes(entry.flags) || entry.value >= cache.stringsLength) continue;
    if (entry.hwcapsIndex !== null) {
      if (!query.glibcHwcaps || !isaLevelFits(entry.isaLevel, query.cpu)) continue;
      const priority = query.cpu.hwcaps.indexOf(cache.hwcapsNames[entry.hwcapsIndex] ?? '');
      if (priority === -1 || priority >= bestPriority) continue;
      bestPriority = priority;
      best = stringAt(cache, entry.value);
      continue;
    }
    // Entries with named hwcaps come first: a plain one ends the choice. The old format knows no hwcaps at all.
    if (best !== null && cache.entryBytes === NEW_ENTRY_BYTES) break;
    if (!legacyFits(entry, query)) continue;
    best = stringAt(cache, entry.value);
    if (entry.flags === query.flags[0]) break;
  }
  return best === '' ? null : best;
}

/** Entries of a name for glibc-hwcaps subdirectories: variants that only some processors load. */
export function cachedVariants(
  cache: LdSoCache,
  name: string,
  flags: readonly number[],
): readonly { readonly path: string; readonly hwcaps: string }[] {
  const range = findRange(cache, name);
  const variants: { path: string; hwcaps: string }[] = [];
  for (let i = range?.first ?? 0; range !== null && i <= range.last; i += 1) {
    const entry = readEntry(cache, i);
    if (entry.hwcapsIndex === null || !flags.includes(entry.flags)) continue;
    const hwcaps = cache.hwcapsNames[entry.hwcapsIndex];
    if (hwcaps !== undefined) variants.push({ path: stringAt(cache, entry.value), hwcaps });
  }
  return variants;
}

interface CacheEntry {
  readonly flags: number;
  readonly value: number;
  /** Index of a glibc-hwcaps name, or null for a plain entry. */
  readonly hwcapsIndex: number | null;
  readonly isaLevel: number;
  readonly hwcapLow: number;
  readonly hwcapHigh: number;
}

function readEntry(cache: LdSoCache, index: number): CacheEntry {
  const at = cache.entriesStart + index * cache.entryBytes;
  const { bytes, littleEndian } = cache;
  const first = cache.entryBytes === NEW_ENTRY_BYTES ? u32(bytes, at + 16, littleEndian) : 0;
  const second = cache.entryBytes === NEW_ENTRY_BYTES ? u32(bytes, at + 20, littleEndian) : 0;
  const [low, high] = littleEndian ? [first, second] : [second, first];
  // ">>> 0": the bits above the ISA level must be the extension bit alone.
  const named = (high & ~ISA_LEVEL_MASK) >>> 0 === HWCAP_EXTENSION_HIGH;
  return {
    flags: u32(bytes, at, littleEndian),
    value: u32(bytes, at + 8, littleEndian),
    hwcapsIndex: named ? low : null,
    isaLevel: high & ISA_LEVEL_MASK,
    hwcapLow: low,
    hwcapHigh: high,
  };
}

// x86: an entry's ISA level is a number, 0 the baseline; a processor has all levels up to its own.
function isaLevelFits(level: number, cpu: Cpu): boolean {
  return level === 0 || cpu.hwcaps.includes(`x86-64-v${level + 1}`);
}

// sysdeps/x86/dl-hwcap.h: bit 1 x86_64, bit 2 avx512_1; platforms from bit 48 on; bit 63 is "tls", which all have.
const LEGACY_BITS: Readonly<Record<string, number>> = { sse2: 1, x86_64: 2, avx512_1: 4 };
const LEGACY_PLATFORMS: readonly string[] = ['i586', 'i686', 'haswell', 'xeon_phi'];

function legacyFits(entry: CacheEntry, query: CacheQuery): boolean {
  if (entry.hwcapLow === 0 && entry.hwcapHigh === 0) return true;
  if (!query.legacyHwcaps) return false;
  const allowed = query.cpu.legacyHwcaps.reduce((bits, name) => bits | (LEGACY_BITS[name] ?? 0), 0);
  if ((entry.hwcapLow & ~allowed) !== 0) return false;
  const platforms = (entry.hwcapHigh >>> 16) & 0xf;
  const rest = entry.hwcapHigh & ~(0xf << 16) & 0x7fff_ffff;
  return (
    rest === 0 && (platforms === 0 || platforms === 1 << LEGACY_PLATFORMS.indexOf(query.cpu.platform ?? ''))
  );
}

/** The entries whose key is equal to `name`, found as ld.so does; null when there are none or an offset is bad. */
function findRange(cache: LdSoCache, name: string): { readonly first: number; readonly last: number } | null {
  const wanted = Buffer.from(name);
  const compare = (index: number): number | null => {
    const key = u32(cache.bytes, cache.entriesStart + index * cache.entryBytes + 4, cache.littleEndian);
    return key >= cache.stringsLength
      ? null
      : compareNames(wanted, 0, wanted.length, cache.bytes, cache.stringsStart + key);
  };
  let left = 0;
  let right = cache.entryCount - 1;
  while (left <= right) {
    const middle = (left + right) >>> 1;
    const order = compare(middle);
    if (order === null) return null;
    if (order === 0) {
      let first = middle;
      while (first > 0 && compare(first - 1) === 0) first -= 1;
      let last = middle;
      while (last < right && compare(last + 1) === 0) last += 1;
      return { first, last };
    }
    // The cache is sorted in descending order.
    if (order < 0) left = middle + 1;
    else right = middle - 1;
  }
  return null;
}

/** _dl_cache_libcmp: digits compare as (32-bit) numbers, so that libx.so.10 is above libx.so.9. */
function compareNames(a: Buffer, aStart: number, aEnd: number, b: Buffer, bStart: number): number {
  let i = aStart;
  let j = bStart;
  const at = (buffer: Buffer, index: number, end: number): number => (index < end ? (buffer[index] ?? 0) : 0);
  for (let x = at(a, i, aEnd); x !== 0; x = at(a, i, aEnd)) {
    const y = at(b, j, b.length);
    if (isDigit(x) && isDigit(y)) {
      let m = 0;
      let n = 0;
      for (; isDigit(at(a, i, aEnd)); i += 1) m = (Math.imul(m, 10) + at(a, i, aEnd) - 0x30) | 0;
      for (; isDigit(at(b, j, b.length)); j += 1) n = (Math.imul(n, 10) + at(b, j, b.length) - 0x30) | 0;
      if (m !== n) return (m - n) | 0;
    } else if (isDigit(x) || isDigit(y)) {
      return isDigit(x) ? 1 : -1;
    } else if (x !== y) {
      // `char` is signed on x86.
      return ((x << 24) >> 24) - ((y << 24) >> 24);
    } else {
      i += 1;
      j += 1;
    }
  }
  return -((at(b, j, b.length) << 24) >> 24);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function stringAt(cache: LdSoCache, offset: number): string {
  return cString(cache.bytes, cache.stringsStart + offset);
}

function cString(bytes: Buffer, start: number): string {
  const end = bytes.indexOf(0, start);
  const limit = Math.min(end === -1 ? bytes.length : end, start + STRING_LIMIT_BYTES);
  return bytes.toString('utf8', Math.min(start, bytes.length), limit);
}

function startsWith(bytes: Buffer, offset: number, magic: string): boolean {
  return bytes.toString('latin1', offset, offset + magic.length) === magic;
}

function u32(bytes: Buffer, offset: number, littleEndian: boolean): number {
  if (offset + 4 > bytes.length) return 0;
  return littleEndian ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset);
}
