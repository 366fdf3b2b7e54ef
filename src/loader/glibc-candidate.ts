import type { LinkFacts } from './link-facts.ts';

/** What glibc does with a file that it has found: loads it, goes on searching, or gives up the whole program. */
export type CandidateVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'fatal'; readonly message: string };

const ACCEPTED: CandidateVerdict = { kind: 'accepted' };
const EM = { ARM: 40, RISCV: 243 };
const EF_ARM_ABI_FLOAT = 0x600;
const EF_RISCV_FLOAT_ABI = 0x6;
const ELFOSABI_GNU = 3;
// include/libc-abis: LIBC_ABI_MAX of 2.36 on x86; this or a higher EI_ABIVERSION is refused.
const LIBC_ABI_MAX = 4;

/**
 * elf/dl-load.c, open_verify: the checks on the first bytes of a candidate, in glibc's order. `head` holds the first
 * 64 bytes at least, or all there are. A file of another class or machine is passed over, anything else wrong is fatal.
 */
export function checkGlibcCandidate(head: Buffer, program: LinkFacts): CandidateVerdict {
  const littleEndian = program.byteOrder === 'little';
  const headerBytes = program.class === 64 ? 64 : 52;
  if (head.length < headerBytes) return fatal('file too short');
  if (head.readUInt32BE(0) !== 0x7f454c46) return fatal('invalid ELF header');
  const is64 = head[4] === 2;
  if (head[4] !== (program.class === 64 ? 2 : 1)) {
    return { kind: 'skipped', why: `wrong ELF class: ELFCLASS${is64 ? 64 : 32}` };
  }
  const u16 = (at: number): number => (littleEndian ? head.readUInt16LE(at) : head.readUInt16BE(at));
  const u32 = (at: number): number => (littleEndian ? head.readUInt32LE(at) : head.readUInt32BE(at));
  if (!isHostMachine(u16(18), u32(is64 ? 48 : 36), program)) return { kind: 'skipped', why: 'wrong machine' };
  const ident = checkIdent(head, littleEndian);
  if (ident !== null) return fatal(ident);
  if (u32(20) !== 1) return fatal('ELF file version does not match current one');
  const type = u16(16);
  if (type !== 2 && type !== 3) return fatal('only ET_DYN and ET_EXEC can be loaded');
  if (u16(is64 ? 54 : 42) !== (is64 ? 56 : 32)) return fatal("ELF file's phentsize not the expected size");
  return ACCEPTED;
}

function checkIdent(head: Buffer, littleEndian: boolean): string | null {
  if (head[5] !== (littleEndian ? 1 : 2)) {
    return `ELF file data encoding not ${littleEndian ? 'little' : 'big'}-endian`;
  }
  if (head[6] !== 1) return 'ELF file version ident does not match current one';
  const osAbi = head[7];
  const abiVersion = head[8] ?? 0;
  if (osAbi !== 0 && osAbi !== ELFOSABI_GNU) return 'ELF file OS ABI invalid';
  if (abiVersion !== 0 && !(osAbi === ELFOSABI_GNU && abiVersion < LIBC_ABI_MAX))
    return 'ELF file ABI version invalid';
  return head.subarray(9, 16).every((byte) => byte === 0) ? null : 'nonzero padding in e_ident';
}

// dl-machine.h, elf_machine_matches_host; on ARM and RISC-V the float ABI must be the same, on ARM when it is said.
function isHostMachine(machine: number, flags: number, program: LinkFacts): boolean {
  if (machine !== program.machineNumber) return false;
  if (machine === EM.RISCV)
    return (flags & EF_RISCV_FLOAT_ABI) === (program.processorFlags & EF_RISCV_FLOAT_ABI);
  if (machine === EM.ARM) {
    const own = program.processorFlags & EF_ARM_ABI_FLOAT;
    const other = flags & EF_ARM_ABI_FLOAT;
    return own === 0 || other === 0 || own === other;
  }
  return true;
}

/** elf/dl-load.c, _dl_map_object_from_fd: what is refused after the file has been mapped; null when it is loaded. */
export function refusedAsLibrary(link: LinkFacts): string | null {
  if (link.type === 'EXEC') return 'cannot dynamically load executable';
  if (!link.dynamic) return 'object file has no dynamic section';
  return (link.flags1 & 0x0800_0000) !== 0 ? 'cannot dynamically load position-independent executable' : null;
}

function fatal(message: string): CandidateVerdict {
  return { kind: 'fatal', message };
}
