import { findTool } from './find-tool.ts';
import { executes, hostMachineName, machineNamed, MACHINES } from './machines.ts';

/** What would run a program of another machine here. */
export interface Emulator {
  /** `qemu-aarch64-static`; null where qemu has none. */
  readonly name: string | null;
  /** Its absolute path; null where it is not installed. */
  readonly path: string | null;
}

/** null where this machine's kernel executes such a program by itself. @param machine the kernel's name, as `aarch64`. */
export function emulatorFor(machine: string): Emulator | null {
  if (executes(hostMachineName(), machine)) return null;
  const known = machineNamed(machine);
  const qemu = known === null ? undefined : MACHINES[known].qemu;
  const name = qemu === undefined ? null : `qemu-${qemu}-static`;
  return { name, path: name === null ? null : findTool(name) };
}

/** Of what is run so, in words: `aarch64 emulated by qemu-aarch64-static`. */
export function emulationOf(machine: string, emulator: string): string {
  return `${machine} emulated by ${emulator}`;
}
