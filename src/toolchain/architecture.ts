/** The architecture names of the tool world, by OCI's word for each. */
export interface ArchitectureNames {
  /** In GNU triples, zig targets and ELF machine names: `x86_64`. */
  readonly gnu: string;
  /** `e_machine` as `readElf` names it. */
  readonly elf: string;
  /** The C ABI part of a triple's last word: `musl`, `musleabihf`. */
  readonly muslAbi: string;
}

const ARCHITECTURES: Readonly<Record<string, ArchitectureNames>> = {
  amd64: { gnu: 'x86_64', elf: 'x86_64', muslAbi: 'musl' },
  arm64: { gnu: 'aarch64', elf: 'aarch64', muslAbi: 'musl' },
  arm: { gnu: 'arm', elf: 'arm', muslAbi: 'musleabihf' },
  '386': { gnu: 'i386', elf: 'i386', muslAbi: 'musl' },
  riscv64: { gnu: 'riscv64', elf: 'riscv64', muslAbi: 'musl' },
  ppc64le: { gnu: 'powerpc64le', elf: 'ppc64le', muslAbi: 'musl' },
  s390x: { gnu: 's390x', elf: 's390x', muslAbi: 'musl' },
};

/** Names of an OCI architecture; null for one that morsel has no names for. */
export function architectureNames(architecture: string): ArchitectureNames | null {
  return ARCHITECTURES[architecture] ?? null;
}

/** OCI's word for the first part of a GNU triple (`x86_64-linux-gnu`, `i686-pc-linux-musl`); null when unknown. */
export function architectureOfTriple(triple: string): string | null {
  const cpu = triple.split('-', 1)[0] ?? '';
  if (/^i[3-6]86$/.test(cpu)) return '386';
  if (cpu.startsWith('arm')) return 'arm';
  return Object.keys(ARCHITECTURES).find((name) => ARCHITECTURES[name]?.gnu === cpu) ?? null;
}

/** OCI's word for this machine. */
export function hostArchitecture(): string {
  const names: Readonly<Record<string, string>> = {
    x64: 'amd64',
    arm64: 'arm64',
    arm: 'arm',
    ia32: '386',
    ppc64: 'ppc64le',
  };
  return names[process.arch] ?? process.arch;
}
