import { type FileTree, shebangInTree } from '../../rootfs/index.ts';
import { emulatorFor } from '../../core/emulator.ts';
import { machineOfExecutable } from '../../core/machines.ts';

export interface ForeignProgram {
  /** `aarch64` */
  readonly machine: string;
  /** The emulator that would run it: `qemu-aarch64-static`; null where there is none. */
  readonly qemu: string | null;
  /** Its absolute path on this machine, or null. */
  readonly emulator: string | null;
  /** What the emulator is to run before the program's own arguments: for a script, its interpreter and itself. */
  readonly argv: readonly string[];
}

/** Whether the program (or the interpreter of its `#!` line) is for another machine than this one; null when it is not. */
export function foreignProgram(tree: FileTree, path: string): ForeignProgram | null {
  const shebang = shebangInTree(tree, path);
  const executable = shebang?.interpreter ?? path;
  const machine = readMachine(tree, executable);
  const emulator = machine === null ? null : emulatorFor(machine);
  if (machine === null || emulator === null) return null;
  const argv =
    shebang === null ? [path] : [executable, ...(shebang.argument === null ? [] : [shebang.argument]), path];
  return { machine, qemu: emulator.name, emulator: emulator.path, argv };
}

function readMachine(tree: FileTree, path: string): string | null {
  const source = tree.open(path);
  if (source === null) return null;
  const header = source.read(0, 20);
  source.close();
  if (header.length < 20 || header.toString('latin1', 0, 4) !== '\x7fELF') return null;
  const littleEndian = header[5] !== 2;
  const machine = littleEndian ? header.readUInt16LE(18) : header.readUInt16BE(18);
  return (
    machineOfExecutable({ machine, class: header[4] === 2 ? 64 : 32, littleEndian }) ?? `machine-${machine}`
  );
}
