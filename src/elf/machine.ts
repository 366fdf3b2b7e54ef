/** e_machine: gABI and the processor supplements; every architecture of Debian and its ports, and the kernel's BPF. */
const MACHINE_NAMES: Readonly<Record<number, string>> = {
  2: 'sparc',
  3: 'i386',
  4: 'm68k',
  8: 'mips',
  15: 'parisc',
  18: 'sparc',
  20: 'ppc',
  21: 'ppc64',
  22: 's390',
  40: 'arm',
  42: 'sh4',
  43: 'sparc64',
  50: 'ia64',
  62: 'x86_64',
  92: 'openrisc',
  93: 'arc',
  106: 'blackfin',
  164: 'hexagon',
  183: 'aarch64',
  189: 'microblaze',
  195: 'arcv2',
  243: 'riscv',
  247: 'bpf',
  252: 'csky',
  258: 'loongarch',
  0x9026: 'alpha',
};

/** Names that carry the width, as `uname -m` does. */
const NAMES_WITH_WIDTH: ReadonlySet<string> = new Set(['riscv', 'loongarch']);

/**
 * The kernel's name of a machine (`uname -m`). x32 programs are `x86_64` of class 32; a little-endian POWER is
 * `ppc64le`, a little-endian MIPS is `mipsel` or `mips64el` as in Debian's architecture names.
 */
export function machineName(machine: number, elfClass: 32 | 64, littleEndian: boolean): string {
  const name = MACHINE_NAMES[machine];
  if (name === undefined) return `machine-${machine}`;
  if (NAMES_WITH_WIDTH.has(name)) return `${name}${elfClass}`;
  if (name === 'mips') return `mips${elfClass === 64 ? '64' : ''}${littleEndian ? 'el' : ''}`;
  if (name === 'ppc64') return littleEndian ? 'ppc64le' : 'ppc64';
  if (name === 's390') return elfClass === 64 ? 's390x' : 's390';
  if (name === 'arm') return littleEndian ? 'arm' : 'armeb';
  if (name === 'aarch64') return littleEndian ? 'aarch64' : 'aarch64_be';
  return name;
}
