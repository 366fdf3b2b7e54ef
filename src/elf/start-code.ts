import type { ElfFile } from './elf-file.ts';
import type { Libc } from './facts.ts';

/**
 * The first instructions of a program are those of its C library's crt1.o: they survive `strip` and `sstrip`.
 * Read off start files and programs of each library (hazards.md 1.2); `..` is any byte.
 */
interface StartCode {
  readonly machine: number;
  readonly libc: Libc;
  readonly pattern: string;
}

const START_CODES: readonly StartCode[] = [
  // x86-64, with and without the endbr64 of -fcf-protection
  { machine: 62, libc: 'glibc', pattern: 'f30f1efa31ed4989d15e4889e24883e4f05054' },
  { machine: 62, libc: 'glibc', pattern: '31ed4989d15e4889e24883e4f05054' },
  { machine: 62, libc: 'musl', pattern: '4831ed4889e7488d35........4883e4f0e8' },
  { machine: 62, libc: 'dietlibc', pattern: '5f4889e65748' },
  { machine: 62, libc: 'go', pattern: 'e9........cccc' },
  // arm64, with and without bti c and a nop
  { machine: 183, libc: 'glibc', pattern: '5f2403d51d0080d21e0080d2e50300aae10340f9' },
  { machine: 183, libc: 'glibc', pattern: '1f2003d51d0080d21e0080d2e50300aae10340f9' },
  { machine: 183, libc: 'glibc', pattern: '5f2403d51f2003d51d0080d21e0080d2e50300aae10340f9' },
  { machine: 183, libc: 'glibc', pattern: '1d0080d21e0080d2e50300aae10340f9' },
  { machine: 183, libc: 'musl', pattern: '1d0080d21e0080d2e0030091' },
  { machine: 183, libc: 'go', pattern: 'e00340f9e1230091' },
];

const START_CODE_BYTES = 32;

/** Whose start code is at e_entry; null when it is nobody's that is known, or when there is no entry in the file. */
export function startCodeLibc(elf: ElfFile): Libc | null {
  const offset = elf.fileOffset(elf.header.entry);
  if (offset === null) return null;
  const code = elf.source.read(offset, START_CODE_BYTES).toString('hex');
  const known = START_CODES.find(
    ({ machine, pattern }) => machine === elf.header.machine && matches(code, pattern),
  );
  return known?.libc ?? null;
}

function matches(code: string, pattern: string): boolean {
  if (code.length < pattern.length) return false;
  for (let index = 0; index < pattern.length; index++) {
    if (pattern[index] !== '.' && pattern[index] !== code[index]) return false;
  }
  return true;
}
