import type { FileTree } from '../../rootfs/index.ts';
import { findTool } from '../../core/find-tool.ts';
import { readShebang } from './locate-program.ts';

/** e_machine (gABI, EM_*) and e_ident's class and order, as the names that the kernel and qemu use. */
const MACHINES: readonly (readonly [
  machine: number,
  bits: 32 | 64,
  order: 'little' | 'big',
  name: string,
])[] = [
  [3, 32, 'little', 'i386'],
  [62, 64, 'little', 'x86_64'],
  [183, 64, 'little', 'aarch64'],
  [40, 32, 'little', 'arm'],
  [243, 64, 'little', 'riscv64'],
  [21, 64, 'little', 'ppc64le'],
  [22, 64, 'big', 's390x'],
  [258, 64, 'little', 'loongarch64'],
  [8, 64, 'little', 'mips64el'],
  [8, 32, 'little', 'mipsel'],
];

/** What the kernel of each machine executes by itself. */
const NATIVE: Readonly<Record<string, readonly string[]>> = {
  x64: ['x86_64', 'i386'],
  arm64: ['aarch64', 'arm'],
  arm: ['arm'],
  riscv64: ['riscv64'],
  ppc64: ['ppc64le'],
  s390x: ['s390x'],
  loong64: ['loongarch64'],
};

export interface ForeignProgram {
  /** `aarch64` */
  readonly machine: string;
  /** Absolute path of a static emulator on this machine, or null. */
  readonly emulator: string | null;
  /** What the emulator is to run before the program's own arguments: for a script, its interpreter and itself. */
  readonly argv: readonly string[];
}

/** Whether the program (or the interpreter of its `#!` line) is for another machine than this one; null when it is not. */
export function foreignProgram(tree: FileTree, path: string): ForeignProgram | null {
  const shebang = readShebang(tree, path);
  const executable = shebang?.interpreter ?? path;
  const machine = readMachine(tree, executable);
  if (machine === null || (NATIVE[process.arch] ?? []).includes(machine)) return null;
  const argv =
    shebang === null ? [path] : [executable, ...(shebang.argument === null ? [] : [shebang.argument]), path];
  return { machine, emulator: findTool(`qemu-${machine}-static`), argv };
}

function readMachine(tree: FileTree, path: string): string | null {
  const source = tree.open(path);
  if (source === null) return null;
  const header = source.read(0, 20);
  source.close();
  if (header.length < 20 || header.toString('latin1', 0, 4) !== '\x7fELF') return null;
  const bits = header[4] === 2 ? 64 : 32;
  const order = header[5] === 2 ? 'big' : 'little';
  const machine = order === 'big' ? header.readUInt16BE(18) : header.readUInt16LE(18);
  const known = MACHINES.find((one) => one[0] === machine && one[1] === bits && one[2] === order);
  return known?.[3] ?? `machine-${machine}`;
}
