import { ByteWindow } from './byte-window.ts';
import type { ElfFile } from './elf-file.ts';
import type { GoBuildInfo } from './facts.ts';
import { PF, type ByteRange } from './program-headers.ts';

// Go's debug/buildinfo: the magic stands 16-aligned at the start of .go.buildinfo, the first data section.
const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const HEADER_BYTES = 32;
const FLAG_BIG_ENDIAN = 1;
const FLAG_INLINE = 2;

/** How much of the data segments is searched where there are no section headers. */
const SEARCH_LIMIT_BYTES = 16 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** The longest module list seen (kubernetes) is below 100 kB. */
export const GO_BUILD_INFO_LIMIT_BYTES = 1024 * 1024;
const VERSION_LIMIT_BYTES = 1024;

/** What `go version -m` prints; null when the program was not built by Go 1.13 or later, or when it is damaged. */
export function readGoBuildInfo(elf: ElfFile): GoBuildInfo | null {
  const offset = findBuildInfo(elf);
  if (offset === null || offset + HEADER_BYTES > elf.source.sizeBytes) return null;
  const header = elf.source.read(offset, HEADER_BYTES);
  const flags = header[15] ?? 0;
  const [version, modules] =
    (flags & FLAG_INLINE) !== 0 ? inlineStrings(elf, offset) : pointedStrings(elf, header, flags);
  if (version === null || (!version.startsWith('go') && !version.startsWith('devel'))) return null;
  return parseModuleInfo(version, modules ?? '');
}

function findBuildInfo(elf: ElfFile): number | null {
  const section = elf.section('.go.buildinfo');
  if (section !== undefined) {
    const found = searchAligned(elf, { offset: section.offset, sizeBytes: section.sizeBytes });
    if (found !== null) return found;
  }
  let left = SEARCH_LIMIT_BYTES;
  for (const load of elf.loads) {
    if ((load.flags & PF.W) === 0) continue;
    const sizeBytes = Math.min(load.fileSizeBytes, left);
    left -= sizeBytes;
    const found = searchAligned(elf, { offset: load.offset, sizeBytes });
    if (found !== null) return found;
  }
  return null;
}

function searchAligned(elf: ElfFile, range: ByteRange): number | null {
  const end = Math.min(range.offset + range.sizeBytes, elf.source.sizeBytes);
  for (let at = range.offset; at < end; at += CHUNK_BYTES) {
    const chunk = elf.source.read(at, Math.min(CHUNK_BYTES + MAGIC.length, end - at));
    for (let index = chunk.indexOf(MAGIC); index >= 0; index = chunk.indexOf(MAGIC, index + 1)) {
      // Offsets and addresses agree modulo the page size, so the alignment can be seen in the offset.
      if ((at + index) % 16 === 0) return at + index;
    }
  }
  return null;
}

/** Go 1.18 and later: two strings with varint lengths after the header. */
function inlineStrings(elf: ElfFile, offset: number): readonly [string | null, string | null] {
  const version = varintString(elf, offset + HEADER_BYTES, VERSION_LIMIT_BYTES);
  if (version === null) return [null, null];
  const modules = varintString(elf, version.end, GO_BUILD_INFO_LIMIT_BYTES);
  return [version.bytes.toString('utf8'), modules === null ? null : withoutSentinels(modules.bytes)];
}

function varintString(
  elf: ElfFile,
  offset: number,
  limit: number,
): { readonly bytes: Buffer; readonly end: number } | null {
  const head = elf.source.read(offset, 5);
  let length = 0;
  for (const [index, byte] of head.entries()) {
    length += (byte & 0x7f) * 2 ** (7 * index);
    if ((byte & 0x80) !== 0) continue;
    const start = offset + index + 1;
    const bytes = length > limit ? null : elf.source.read(start, length);
    return bytes === null || bytes.length < length ? null : { bytes, end: start + length };
  }
  return null;
}

/** Go 1.13 to 1.17: two pointers to Go strings (pointer, length). */
function pointedStrings(
  elf: ElfFile,
  header: Buffer,
  flags: number,
): readonly [string | null, string | null] {
  const pointerSize = header[14];
  if (pointerSize !== 4 && pointerSize !== 8) return [null, null];
  const window = new ByteWindow(elf.source, (flags & FLAG_BIG_ENDIAN) === 0);
  const inHeader = (at: number): number =>
    new ByteWindow(elf.source, window.littleEndian).preload(header, 0).word(at, pointerSize === 8);
  const string = (address: number, limit: number): Buffer | null => {
    const at = elf.fileOffset(address);
    if (at === null || at + 2 * pointerSize > elf.source.sizeBytes) return null;
    const data = elf.fileOffset(window.word(at, pointerSize === 8));
    const length = window.word(at + pointerSize, pointerSize === 8);
    return data === null || length > limit ? null : elf.source.read(data, length);
  };
  const version = string(inHeader(16), VERSION_LIMIT_BYTES);
  const modules = string(inHeader(16 + pointerSize), GO_BUILD_INFO_LIMIT_BYTES);
  return [version?.toString('utf8') ?? null, modules === null ? null : withoutSentinels(modules)];
}

/** The module text stands between two 16-byte marks, which a debugger searches for. */
function withoutSentinels(bytes: Buffer): string {
  const text =
    bytes.length >= 33 && bytes[bytes.length - 17] === 0x0a ? bytes.subarray(16, -16) : Buffer.alloc(0);
  return text.toString('utf8');
}

type GoModule = GoBuildInfo['modules'][number];

function parseModuleInfo(version: string, text: string): GoBuildInfo {
  let mainPackage: string | null = null;
  let mainModule: GoModule | null = null;
  const modules: GoModule[] = [];
  const settings: Record<string, string> = Object.create(null);
  for (const line of text.split('\n')) {
    const [word, first = '', second = ''] = line.split('\t');
    if (word === 'path') mainPackage = first;
    else if (word === 'mod') mainModule = { path: first, version: second };
    else if (word === 'dep') modules.push({ path: first, version: second });
    // A replaced module: what is in the program is the replacement.
    else if (word === '=>' && modules.length > 0)
      modules[modules.length - 1] = { path: first, version: second };
    else if (word === 'build') {
      const [key, value] = parseSetting(line.slice('build\t'.length));
      settings[key] = value;
    }
  }
  return { version, mainPackage, mainModule, modules, settings: { ...settings } };
}

/** `-ldflags="-s -w"`: key and value, each quoted as a Go string where it holds special characters. */
function parseSetting(text: string): readonly [string, string] {
  const quotedKey = /^("(?:[^"\\]|\\.)*"|`[^`]*`)=/.exec(text)?.[1];
  const split = quotedKey === undefined ? text.indexOf('=') : quotedKey.length;
  if (split < 0) return [text, ''];
  return [unquote(text.slice(0, split)), unquote(text.slice(split + 1))];
}

function unquote(text: string): string {
  if (text.startsWith('`') && text.endsWith('`') && text.length >= 2) return text.slice(1, -1);
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text; // a Go escape that JSON lacks (\x, \a): shown as written
  }
}
