import { type MachineName, MACHINES } from '../core/machines.ts';
import type { ElfFile } from './elf-file.ts';
import type { Libc } from './facts.ts';

/**
 * The first instructions of a program are those of its C library's crt1.o: they survive `strip` and `sstrip`.
 * Read off the start files and programs of each library (Debian 12's packages and cross packages; zig's musl).
 * In a pattern `..` is any byte, and a leading `*` lets it begin anywhere in the first START_CODE_BYTES.
 */
interface StartCode {
  readonly machine: MachineName;
  readonly libc: Libc;
  readonly pattern: string;
}

const START_CODES: readonly StartCode[] = [
  // x86-64, with and without the endbr64 of -fcf-protection
  { machine: 'x86_64', libc: 'glibc', pattern: 'f30f1efa31ed4989d15e4889e24883e4f05054' },
  { machine: 'x86_64', libc: 'glibc', pattern: '31ed4989d15e4889e24883e4f05054' },
  { machine: 'x86_64', libc: 'musl', pattern: '4831ed4889e7488d35........4883e4f0e8' },
  { machine: 'x86_64', libc: 'dietlibc', pattern: '5f4889e65748' },
  { machine: 'x86_64', libc: 'go', pattern: 'e9........cccc' },
  // arm64, with and without bti c and a nop
  { machine: 'aarch64', libc: 'glibc', pattern: '5f2403d51d0080d21e0080d2e50300aae10340f9' },
  { machine: 'aarch64', libc: 'glibc', pattern: '1f2003d51d0080d21e0080d2e50300aae10340f9' },
  { machine: 'aarch64', libc: 'glibc', pattern: '5f2403d51f2003d51d0080d21e0080d2e50300aae10340f9' },
  { machine: 'aarch64', libc: 'glibc', pattern: '1d0080d21e0080d2e50300aae10340f9' },
  { machine: 'aarch64', libc: 'musl', pattern: '1d0080d21e0080d2e0030091' },
  { machine: 'aarch64', libc: 'go', pattern: 'e00340f9e1230091' },
  // i386, with and without endbr32
  { machine: 'i386', libc: 'glibc', pattern: 'f30f1efb31ed5e89e183e4f0505452' },
  { machine: 'i386', libc: 'glibc', pattern: '31ed5e89e183e4f0505452' },
  { machine: 'i386', libc: 'musl', pattern: '31ed89e083e4f05050e800000000810424' },
  // arm: ARM code of armel, Thumb code of armhf
  { machine: 'arm', libc: 'glibc', pattern: '00b0a0e300e0a0e304109de40d20a0e1' },
  { machine: 'arm', libc: 'glibc', pattern: '4ff0000b4ff0000e02bc6a46' },
  { machine: 'arm', libc: 'musl', pattern: '00b0a0e300e0a0e310109fe501108fe00d00a0e10fc0c0e30cd0a0e1' },
  // riscv64: behind the load of gp, whose length the linker chooses
  { machine: 'riscv64', libc: 'glibc', pattern: '*82653000137101ff814601470a88' },
  { machine: 'riscv64', libc: 'musl', pattern: '*0a8597......9385....137101ff' },
  // ppc64le: behind the two instructions that load r2
  { machine: 'ppc64le', libc: 'glibc', pattern: '................780b297ce40621780000003881ff21f8' },
  { machine: 'ppc64le', libc: 'musl', pattern: '................2c008c801462847c780b237ce4062178' },
  { machine: 's390x', libc: 'glibc', pattern: '4140f008e330f0000004a709fff0b98000f0' },
  { machine: 's390x', libc: 'musl', pattern: 'b904002fc030........e33030000018a7fbff60' },
  { machine: 'loongarch64', libc: 'musl', pattern: '1600150064001500........a500c00203008300' },
  { machine: 'ppc', libc: 'musl', pattern: '48000009........7c8802a6806400007c8322147c230b78' },
];

const START_CODE_BYTES = 48;

/** Whose start code is at e_entry; null when it is nobody's that is known, or when there is no entry in the file. */
export function startCodeLibc(elf: ElfFile): Libc | null {
  const { machine, entry } = elf.header;
  // Bit 0 of an address says Thumb code on ARM.
  const offset = elf.fileOffset(machine === MACHINES.arm.elf[0] ? entry - (entry % 2) : entry);
  if (offset === null) return null;
  const code = elf.source.read(offset, START_CODE_BYTES).toString('hex');
  // By e_machine alone: the instructions of ARM are little-endian in big-endian programs too (BE8, AArch64).
  const known = START_CODES.find(
    (candidate) => MACHINES[candidate.machine].elf[0] === machine && matches(code, candidate.pattern),
  );
  return known?.libc ?? null;
}

function matches(code: string, pattern: string): boolean {
  if (!pattern.startsWith('*')) return matchesAt(code, pattern, 0);
  for (let at = 0; at < code.length; at += 2) {
    if (matchesAt(code, pattern.slice(1), at)) return true;
  }
  return false;
}

function matchesAt(code: string, pattern: string, at: number): boolean {
  if (code.length - at < pattern.length) return false;
  for (let index = 0; index < pattern.length; index++) {
    if (pattern[index] !== '.' && pattern[index] !== code[at + index]) return false;
  }
  return true;
}
