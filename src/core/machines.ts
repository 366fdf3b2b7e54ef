/**
 * The one table of machines. A row's key is the kernel's name (`uname -m`; without the model that it has for ARM and
 * 386), which facts, texts and JSON carry; every table of another folder is keyed by it, so that a typo does not compile.
 * Sources: e_machine, class and order: gABI ch. 4 and the psABI of each processor. OCI: image-spec config.md and
 * image-index.md, "Platform Variants", which take GOARCH and GOARM. Node: process.arch. qemu: configs/targets/*-linux-user.
 */
export interface Machine {
  /** `e_machine`, EI_CLASS and EI_DATA. */
  readonly elf: readonly [number: number, bits: 32 | 64, order: 'little' | 'big'];
  /** Where the kernel's name is the key of another row: it does not tell the two apart. */
  readonly kernel?: string;
  /** OCI's words, which are Go's: GOARCH, and `v` with GOARM; for the machines that Go makes Linux programs for. */
  readonly oci?: { readonly architecture: string; readonly variant?: string };
  readonly node?: NodeJS.Architecture;
  /** qemu-user is `qemu-<this>`, its static build `qemu-<this>-static`. */
  readonly qemu?: string;
  /** By the names of their glibc-hwcaps folders, best first: elf/dl-hwcaps-subdirs.c of each machine. */
  readonly cpuLevels?: readonly string[];
  /** For the machines that programs are built for; the first is what distributions are built for today. */
  readonly abis?: readonly [MachineAbi, ...MachineAbi[]];
}

/**
 * A C ABI: what compilers call it, and where its loaders are; machine-abis.ts puts the names together. Sources: Debian's
 * multiarch tuples (wiki.debian.org/Multiarch/Tuples); glibc's shlib-versions and the psABIs; musl's configure
 * ($ARCH$SUBARCH); the rustc book, "Platform Support".
 */
export interface MachineAbi {
  /** The processor in GNU triples; musl's and Rust's word for it where they have none of their own below. */
  readonly cpu: string;
  /** The last word of Debian's multiarch tuple, `gnu` where there is none; null: Debian has never had this ABI. */
  readonly gnu?: string | null;
  /** The last word of musl's triple, `musl` where there is none. */
  readonly musl?: string;
  /** glibc's folder for libraries where there is no multiarch: the last word of its slibdir. */
  readonly lib: 'lib' | 'lib64' | 'libx32';
  /** PT_INTERP with glibc. */
  readonly glibcLoader: string;
  /** With musl, PT_INTERP is `/lib/ld-musl-<this>.so.1`. */
  readonly muslArch?: string;
  /** The processor in Rust's targets; null where it does not have one for each C library. */
  readonly rust?: string | null;
}

/** Levels of x86-64 (its psABI, ch. 3.1.1), best first. */
export const X86_LEVELS = ['x86-64-v4', 'x86-64-v3', 'x86-64-v2'] as const;
export type X86Level = (typeof X86_LEVELS)[number];

const TABLE = {
  x86_64: {
    elf: [62, 64, 'little'],
    oci: { architecture: 'amd64' },
    node: 'x64',
    qemu: 'x86_64',
    cpuLevels: X86_LEVELS,
    abis: [{ cpu: 'x86_64', lib: 'lib64', glibcLoader: '/lib64/ld-linux-x86-64.so.2' }],
  },
  x32: {
    elf: [62, 32, 'little'],
    kernel: 'x86_64',
    cpuLevels: X86_LEVELS,
    abis: [
      {
        cpu: 'x86_64',
        gnu: 'gnux32',
        musl: 'muslx32',
        lib: 'libx32',
        glibcLoader: '/libx32/ld-linux-x32.so.2',
        muslArch: 'x32',
        rust: null,
      },
    ],
  },
  i386: {
    elf: [3, 32, 'little'],
    oci: { architecture: '386' },
    node: 'ia32',
    qemu: 'i386',
    abis: [{ cpu: 'i386', lib: 'lib', glibcLoader: '/lib/ld-linux.so.2', rust: 'i686' }],
  },
  aarch64: {
    elf: [183, 64, 'little'],
    oci: { architecture: 'arm64' },
    node: 'arm64',
    qemu: 'aarch64',
    abis: [{ cpu: 'aarch64', lib: 'lib64', glibcLoader: '/lib/ld-linux-aarch64.so.1' }],
  },
  aarch64_be: { elf: [183, 64, 'big'], qemu: 'aarch64_be' },
  arm: {
    elf: [40, 32, 'little'],
    oci: { architecture: 'arm', variant: 'v7' },
    node: 'arm',
    qemu: 'arm',
    abis: [
      {
        cpu: 'arm',
        gnu: 'gnueabihf',
        musl: 'musleabihf',
        lib: 'lib',
        glibcLoader: '/lib/ld-linux-armhf.so.3',
        muslArch: 'armhf',
        rust: 'armv7',
      },
      { cpu: 'arm', gnu: 'gnueabi', musl: 'musleabi', lib: 'lib', glibcLoader: '/lib/ld-linux.so.3' },
    ],
  },
  armeb: { elf: [40, 32, 'big'], qemu: 'armeb' },
  riscv64: {
    elf: [243, 64, 'little'],
    oci: { architecture: 'riscv64' },
    node: 'riscv64',
    qemu: 'riscv64',
    abis: [
      { cpu: 'riscv64', lib: 'lib64', glibcLoader: '/lib/ld-linux-riscv64-lp64d.so.1', rust: 'riscv64gc' },
      {
        cpu: 'riscv64',
        gnu: null,
        lib: 'lib64',
        glibcLoader: '/lib/ld-linux-riscv64-lp64.so.1',
        muslArch: 'riscv64-sf',
        rust: null,
      },
    ],
  },
  riscv32: { elf: [243, 32, 'little'], qemu: 'riscv32' },
  ppc64le: {
    elf: [21, 64, 'little'],
    oci: { architecture: 'ppc64le' },
    // Of Linux, Node has been built for the little-endian one only since its version 10 (BUILDING.md).
    node: 'ppc64',
    qemu: 'ppc64le',
    cpuLevels: ['power10', 'power9'],
    abis: [{ cpu: 'powerpc64le', lib: 'lib64', glibcLoader: '/lib64/ld64.so.2' }],
  },
  ppc64: {
    elf: [21, 64, 'big'],
    oci: { architecture: 'ppc64' },
    qemu: 'ppc64',
    // ELFv1, as in all distributions with glibc (ELFv2 has ld64.so.2 in either order).
    abis: [{ cpu: 'powerpc64', lib: 'lib64', glibcLoader: '/lib64/ld64.so.1' }],
  },
  ppc: { elf: [20, 32, 'big'], qemu: 'ppc' },
  s390x: {
    elf: [22, 64, 'big'],
    oci: { architecture: 's390x' },
    node: 's390x',
    qemu: 's390x',
    cpuLevels: ['z16', 'z15', 'z14', 'z13'],
    abis: [{ cpu: 's390x', lib: 'lib64', glibcLoader: '/lib/ld64.so.1' }],
  },
  s390: { elf: [22, 32, 'big'] },
  loongarch64: {
    elf: [258, 64, 'little'],
    oci: { architecture: 'loong64' },
    node: 'loong64',
    qemu: 'loongarch64',
    abis: [{ cpu: 'loongarch64', lib: 'lib64', glibcLoader: '/lib64/ld-linux-loongarch-lp64d.so.1' }],
  },
  loongarch32: { elf: [258, 32, 'little'] },
  // The kernel says `mips` and `mips64` of both orders; these are Debian's names.
  mips: {
    elf: [8, 32, 'big'],
    oci: { architecture: 'mips' },
    node: 'mips',
    qemu: 'mips',
    abis: [{ cpu: 'mips', lib: 'lib', glibcLoader: '/lib/ld.so.1' }],
  },
  mipsel: {
    elf: [8, 32, 'little'],
    oci: { architecture: 'mipsle' },
    node: 'mipsel',
    qemu: 'mipsel',
    abis: [{ cpu: 'mipsel', lib: 'lib', glibcLoader: '/lib/ld.so.1' }],
  },
  mips64: {
    elf: [8, 64, 'big'],
    oci: { architecture: 'mips64' },
    qemu: 'mips64',
    abis: [
      { cpu: 'mips64', gnu: 'gnuabi64', musl: 'muslabi64', lib: 'lib64', glibcLoader: '/lib64/ld.so.1' },
    ],
  },
  mips64el: {
    elf: [8, 64, 'little'],
    oci: { architecture: 'mips64le' },
    qemu: 'mips64el',
    abis: [
      { cpu: 'mips64el', gnu: 'gnuabi64', musl: 'muslabi64', lib: 'lib64', glibcLoader: '/lib64/ld.so.1' },
    ],
  },
  sparc: { elf: [2, 32, 'big'], qemu: 'sparc' },
  sparc32plus: { elf: [18, 32, 'big'], kernel: 'sparc', qemu: 'sparc32plus' },
  sparc64: { elf: [43, 64, 'big'], qemu: 'sparc64' },
  m68k: { elf: [4, 32, 'big'], qemu: 'm68k' },
  parisc: { elf: [15, 32, 'big'], qemu: 'hppa' },
  sh4: { elf: [42, 32, 'little'], qemu: 'sh4' },
  ia64: { elf: [50, 64, 'little'] },
  openrisc: { elf: [92, 32, 'big'], qemu: 'or1k' },
  arc: { elf: [93, 32, 'little'] },
  arcv2: { elf: [195, 32, 'little'] },
  blackfin: { elf: [106, 32, 'little'] },
  hexagon: { elf: [164, 32, 'little'], qemu: 'hexagon' },
  microblaze: { elf: [189, 32, 'big'], qemu: 'microblaze' },
  bpf: { elf: [247, 64, 'little'] },
  csky: { elf: [252, 32, 'little'] },
  // EM_ALPHA of Linux: the processor's supplement was never finished (include/uapi/linux/elf-em.h).
  alpha: { elf: [0x9026, 64, 'little'], qemu: 'alpha' },
} as const satisfies Record<string, Machine>;

export type MachineName = keyof typeof TABLE;
export const MACHINES: Readonly<Record<MachineName, Machine>> = TABLE;
export const MACHINE_NAMES = Object.keys(TABLE) as readonly MachineName[];

/** What a kernel executes beside its own machine's programs: CONFIG_IA32_EMULATION, CONFIG_COMPAT. */
const EXECUTES_ALSO: Readonly<Partial<Record<MachineName, MachineName>>> = { x86_64: 'i386', aarch64: 'arm' };

/** What an ELF header says of the machine. */
export interface ElfIdentity {
  readonly machine: number;
  readonly class: 32 | 64;
  readonly littleEndian: boolean;
}

/**
 * The row of an ELF file; null when e_machine is nobody's here. Of rows with one number the nearest is taken: where a
 * header has a class or an order that its machine does not have, what tells the rows apart still decides.
 */
export function machineOfElf(header: ElfIdentity): MachineName | null {
  let nearest: MachineName | null = null;
  let agreement = -1;
  for (const name of MACHINE_NAMES) {
    const [number, bits, order] = MACHINES[name].elf;
    if (number !== header.machine) continue;
    const own = Number(bits === header.class) + Number((order === 'little') === header.littleEndian);
    if (own <= agreement) continue;
    nearest = name;
    agreement = own;
  }
  return nearest;
}

/** The row of a file that can be run: a kernel takes, and binfmt_misc's magic gives to qemu, no other class or order. */
export function machineOfExecutable(header: ElfIdentity): MachineName | null {
  const name = machineOfElf(header);
  if (name === null) return null;
  const [, bits, order] = MACHINES[name].elf;
  return bits === header.class && (order === 'little') === header.littleEndian ? name : null;
}

/** The kernel's name of an ELF file's machine: `x86_64` of x32 too; `machine-<n>` where there is none. */
export function kernelName(header: ElfIdentity): string {
  const name = machineOfElf(header);
  return name === null ? `machine-${header.machine}` : (MACHINES[name].kernel ?? name);
}

/** The row with a name that came from elsewhere: of facts, a user, a file. */
export function machineNamed(name: string): MachineName | null {
  return MACHINE_NAMES.find((known) => known === name) ?? null;
}

/** The row of OCI's architecture, which is GOARCH. */
export function machineOfArchitecture(architecture: string): MachineName | null {
  return MACHINE_NAMES.find((name) => MACHINES[name].oci?.architecture === architecture) ?? null;
}

/** The row of this process: a 32-bit Node on a 64-bit kernel says what it was built for. */
export function hostMachine(arch: string = process.arch): MachineName | null {
  return MACHINE_NAMES.find((name) => MACHINES[name].node === arch) ?? null;
}

/** The kernel's name of this machine; Node's where there is no row. */
export function hostMachineName(): string {
  return hostMachine() ?? process.arch;
}

/** OCI's architecture of this machine; Node's name where there is no row. */
export function hostArchitecture(): string {
  const machine = hostMachine();
  return (machine === null ? null : MACHINES[machine].oci?.architecture) ?? process.arch;
}

/** Whether the kernel of one machine executes programs of another by itself. A machine without a row has a name as well. */
export function executes(kernel: string, program: string): boolean {
  const known = machineNamed(kernel);
  return kernel === program || (known !== null && EXECUTES_ALSO[known] === program);
}
