import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Whose a folder is, for its name: a process by its id and start time, since ids are used again, and by what makes an id
 * mean something: this boot of this machine, and the namespace in which it is counted.
 */
export interface ProcessOwner {
  /** A short hash of the boot and the namespaces; null where /proc does not tell. */
  readonly machine: string | null;
  readonly pid: number;
  /** proc(5), field 22 of stat: clock ticks since boot, in digits. */
  readonly startTime: string;
}

/** What a name says where /proc does not tell: nobody takes it for their own. */
const UNKNOWN_MACHINE = '00000000';
const MACHINE_DIGITS = 8;

let own: ProcessOwner | undefined;

/** This process; asked of the kernel once. */
export function thisOwner(): ProcessOwner {
  own ??= { machine: machineOf(), pid: process.pid, startTime: startTimeOf(process.pid) ?? '0' };
  return own;
}

/** `MACHINE-PID-STARTTIME`, as a part of a name. */
export function formatOwner({ machine, pid, startTime }: ProcessOwner): string {
  return `${machine ?? UNKNOWN_MACHINE}-${pid}-${startTime}`;
}

/** null for what `formatOwner` has not written. */
export function parseOwner(text: string): ProcessOwner | null {
  const [, machine = '', pid, startTime = ''] = /^([0-9a-f]{8})-(\d{1,10})-(\d{1,20})$/.exec(text) ?? [];
  if (pid === undefined) return null;
  return { machine: machine === UNKNOWN_MACHINE ? null : machine, pid: Number(pid), startTime };
}

/** `foreign`: of another machine, boot or namespace, of whose processes nothing can be known from here. */
export function stateOf(owner: ProcessOwner): 'alive' | 'dead' | 'foreign' {
  const { machine } = thisOwner();
  if (machine === null || owner.machine !== machine) return 'foreign';
  if (!exists(owner.pid)) return 'dead';
  const startTime = startTimeOf(owner.pid);
  // Unreadable although it exists: a /proc with hidepid.
  return startTime === null || startTime === owner.startTime ? 'alive' : 'dead';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function startTimeOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command name, field 2, may hold spaces and ends with the last ')'.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function machineOf(): string | null {
  try {
    // A /proc of another namespace counts other ids than the kernel gives to this process.
    if (readlinkSync('/proc/self') !== String(process.pid)) return null;
    const parts = [
      readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(),
      readlinkSync('/proc/self/ns/pid'),
      // In another time namespace the same process has another start time (time_namespaces(7)).
      readlinkSync('/proc/self/ns/time'),
    ];
    // Loaded here: the code cache's writer comes by this file at every start.
    const { createHash } = process.getBuiltinModule('node:crypto');
    const hash = createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, MACHINE_DIGITS);
    return hash === UNKNOWN_MACHINE ? null : hash;
  } catch {
    return null;
  }
}
