import type { ElfFile } from './elf-file.ts';
import type { ElfHeaders } from './elf-headers.ts';
import { type ProgramHeader, PT } from './program-headers.ts';
import { SHF, SHT } from './section-headers.ts';

/** Why a file with sound headers does not start, whatever the machine and what is around it. */
export interface ElfDefect {
  /**
   * `debug-file`: only debugging information, split from its program. `interpreter`: a PT_INTERP that the kernel refuses.
   * `segment`: one that cannot be mapped. `cut-off`: bytes are missing at the end of the file. `entry`: it would begin
   * outside of its own segments.
   */
  readonly kind: 'debug-file' | 'interpreter' | 'segment' | 'cut-off' | 'entry';
  /** In one clause: `5304 bytes are missing at its end (7000 are there)`. */
  readonly message: string;
}

/** The kernel's limit for PT_INTERP: PATH_MAX. */
export const INTERPRETER_LIMIT_BYTES = 4096;
/** The smallest of Linux: what is not congruent modulo this can be mapped nowhere. */
const PAGE_BYTES = 4096;

/** As fs/binfmt_elf.c takes an EXEC or DYN file, in the kernel's order; null when nothing is wrong with it. */
export function findDefect(elf: ElfFile): ElfDefect | null {
  if (isDebugFile(elf))
    return {
      kind: 'debug-file',
      message: 'it has the debugging information of a program, and none of its code',
    };
  return interpreterDefect(elf) ?? segmentDefect(elf) ?? missingEnd(elf) ?? entryDefect(elf);
}

/**
 * What `objcopy --only-keep-debug` and `eu-strip -f` split off: the sections with code are there by name only
 * (SHT_NOBITS). Its program headers are those of the program, and lead to bytes that are other sections' now.
 */
export function isDebugFile(elf: ElfHeaders): boolean {
  const code = elf
    .sections()
    .filter(({ flags }) => (flags & SHF.ALLOC) !== 0 && (flags & SHF.EXECINSTR) !== 0);
  return code.length > 0 && code.every(({ type }) => type === SHT.NOBITS);
}

/** load_elf_binary: between 2 and PATH_MAX bytes, the last of them NUL, or ENOEXEC; where bytes are missing, EIO. */
function interpreterDefect(elf: ElfFile): ElfDefect | null {
  const range = elf.segmentRange(PT.INTERP);
  if (range === undefined) return null;
  const wrong = (message: string): ElfDefect => ({ kind: 'interpreter', message });
  const { offset, sizeBytes } = range;
  if (sizeBytes < 2) return wrong(`its PT_INTERP has ${sizeBytes === 0 ? 'no bytes' : 'one byte'}: no path`);
  if (sizeBytes > INTERPRETER_LIMIT_BYTES)
    return wrong(`its PT_INTERP has ${sizeBytes} bytes, more than a path may have`);
  if (offset + sizeBytes > elf.source.sizeBytes)
    return wrong('its PT_INTERP lies beyond the end of the file');
  const path = elf.source.read(offset, sizeBytes);
  if (path[sizeBytes - 1] !== 0) return wrong('its PT_INTERP does not end with a NUL byte');
  return path[0] === 0 ? wrong('its PT_INTERP is an empty path') : null;
}

function segmentDefect({ loads }: ElfFile): ElfDefect | null {
  if (loads.length === 0) return { kind: 'segment', message: 'it has no segment to load (PT_LOAD)' };
  for (const load of loads) {
    const problem = loadProblem(load);
    if (problem !== null)
      return { kind: 'segment', message: `its segment at offset 0x${load.offset.toString(16)} ${problem}` };
  }
  return null;
}

// gABI ch. 5: p_filesz is at most p_memsz, and p_offset and p_vaddr are congruent modulo the page size.
function loadProblem({ offset, address, fileSizeBytes, memorySizeBytes }: ProgramHeader): string | null {
  if (fileSizeBytes > memorySizeBytes)
    return `has more bytes in the file (${fileSizeBytes}) than in memory (${memorySizeBytes})`;
  if (fileSizeBytes > 0 && offset % PAGE_BYTES !== address % PAGE_BYTES)
    return `and its address 0x${address.toString(16)} are not congruent modulo the page size, and cannot be mapped`;
  return null;
}

/** A file that ends inside a segment: the kernel maps it, and the first access past the end is a SIGBUS. */
function missingEnd({ loads, source }: ElfFile): ElfDefect | null {
  const end = Math.max(...loads.map(({ offset, fileSizeBytes }) => offset + fileSizeBytes));
  const missing = end - source.sizeBytes;
  return missing <= 0
    ? null
    : {
        kind: 'cut-off',
        message: `${missing} bytes are missing at its end (${source.sizeBytes} are there)`,
      };
}

/** Of what the kernel starts itself; e_entry of a library is 0, or any address. */
function entryDefect(elf: ElfFile): ElfDefect | null {
  const { entry, type } = elf.header;
  const isProgram = type === ET_EXEC || elf.segmentRange(PT.INTERP) !== undefined;
  const isInside = elf.loads.some(
    ({ address, memorySizeBytes }) => entry >= address && entry - address < memorySizeBytes,
  );
  return !isProgram || isInside
    ? null
    : { kind: 'entry', message: `its entry point 0x${entry.toString(16)} lies in none of its segments` };
}

const ET_EXEC = 2;
