import {
  machineOfArchitecture,
  MACHINE_NAMES,
  MACHINES,
  type MachineAbi,
  type MachineName,
} from './machines.ts';

/** The ABIs that programs for a machine are built for, the usual one first; none for a machine without a row. */
export function abisOf(machine: MachineName | null): readonly MachineAbi[] {
  return machine === null ? [] : (MACHINES[machine].abis ?? []);
}

/** The usual one of OCI's architecture; null for a machine without a row. */
export function abiOfArchitecture(architecture: string): MachineAbi | null {
  return abisOf(machineOfArchitecture(architecture))[0] ?? null;
}

/** Debian's multiarch tuple: `arm-linux-gnueabihf`; null for an ABI that Debian does not have. */
export function gnuTriple({ cpu, gnu = 'gnu' }: MachineAbi): string | null {
  return gnu === null ? null : `${cpu}-linux-${gnu}`;
}

/** `arm-linux-musleabihf` */
export function muslTriple({ cpu, musl = 'musl' }: MachineAbi): string {
  return `${cpu}-linux-${musl}`;
}

/** PT_INTERP of musl: LDSO_PATHNAME of its Makefile. */
export function muslLoader({ cpu, muslArch = cpu }: MachineAbi): string {
  return `/lib/ld-musl-${muslArch}.so.1`;
}

/** `armv7-unknown-linux-gnueabihf`; null where Rust has no target. */
export function rustTriple(abi: MachineAbi, libc: 'musl' | 'gnu'): string | null {
  const { cpu, rust = cpu, gnu = 'gnu', musl = 'musl' } = abi;
  const last = libc === 'musl' ? musl : gnu;
  return rust === null || last === null ? null : `${rust}-unknown-linux-${last}`;
}

/**
 * The machine of a GNU triple, with a vendor or more behind it or without: `x86_64-linux-gnu`, `i686-pc-linux-musl`,
 * `aarch64-linux-gnu-gcc`; null when unknown. Compilers name the model of 386 and ARM where the tuple does not.
 */
export function machineOfTriple(triple: string): MachineName | null {
  if (/-(?:gnu|musl)x32\b/.test(triple)) return 'x32';
  const cpu = triple.split('-', 1)[0] ?? '';
  if (/^i[3-6]86$/.test(cpu)) return 'i386';
  if (cpu.startsWith('arm')) return 'arm';
  return MACHINE_NAMES.find((name) => MACHINES[name].abis?.[0].cpu === cpu) ?? null;
}
