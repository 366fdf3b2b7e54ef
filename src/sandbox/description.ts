import { existsSync, readdirSync } from 'node:fs';
import { totalmem } from 'node:os';
import { MASKED_PROC, READ_ONLY_PROC } from '../core/protected-proc.ts';

/**
 * What every driver gives a program, whoever runs morsel: one list, from which the steps, the arguments of bwrap and
 * the config.json of runc and crun are made, and which test/contract/sandbox-guarantees.test.ts checks in each of them.
 * Source of the paths and devices: moby daemon/pkg/oci/defaults.go.
 */
export const GUARANTEES = {
  root: 'an overlay of its own over the unpacked image, which nothing writes to',
  namespaces: 'own mount, pid, network, ipc, uts and cgroup namespaces',
  proc: 'of /proc and /sys nothing is writable, and hidden is what docker hides',
  devices: 'the devices that docker gives, and no other',
  keyring: 'own session keyring',
  seccomp: 'system calls that docker refuses are refused',
  families: 'without a network no socket but of unix, inet and netlink',
  privileges: 'no capabilities, no new privileges',
  sizes: 'sizes of /dev, /dev/shm and of everything that is written are limited',
} as const;

export type Guarantee = keyof typeof GUARANTEES;

const HIDDEN_SYS = ['firmware', 'devices/virtual/powercap'];

/** Absolute paths that this machine's kernel has; one that it lacks needs no hiding. */
export function hiddenProcPaths(): readonly string[] {
  return present('/proc', MASKED_PROC);
}

export function readOnlyProcPaths(): readonly string[] {
  return present('/proc', READ_ONLY_PROC);
}

export function hiddenSysPaths(): readonly string[] {
  const throttles = names('/sys/devices/system/cpu').map(
    (cpu) => `devices/system/cpu/${cpu}/thermal_throttle`,
  );
  return present('/sys', [...HIDDEN_SYS, ...throttles]);
}

function names(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

function present(parent: string, relative: readonly string[]): readonly string[] {
  return relative.map((name) => `${parent}/${name}`).filter((path) => existsSync(path));
}

/** Each bound from the host's own: mknod is not allowed in a user namespace. */
export const DEVICE_NODES: readonly string[] = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];
export const DEVICE_LINKS: Readonly<Record<string, string>> = {
  ptmx: 'pts/ptmx',
  fd: '/proc/self/fd',
  stdin: '/proc/self/fd/0',
  stdout: '/proc/self/fd/1',
  stderr: '/proc/self/fd/2',
};

/** docker's own. */
export const DEV_OPTIONS = 'mode=755,size=65536k,nr_inodes=16k';
export const SHM_OPTIONS = 'mode=1777,size=65536k,nr_inodes=64k';
/** Each file costs about a KiB of the machine's memory. */
const WRITABLE_FILES = '1m';

/**
 * Everything that a program writes to its root, in memory: a quarter of the machine's at most, so that a program that
 * writes without end gets ENOSPC before the machine is in trouble; and half of the container's, which it counts to.
 */
export function writableOptions(memoryBytes: number): string {
  const bytes = Math.floor(Math.min(totalmem() / 4, memoryBytes / 2));
  return `mode=755,size=${bytes},nr_inodes=${WRITABLE_FILES}`;
}

/**
 * What a program whose file is setuid or has capabilities may gain: docker's default set (moby oci/caps/defaults.go)
 * without CAP_MKNOD, since the unshared devices are all that there are. Numbers: linux/capability.h.
 */
export const GAINABLE_CAPABILITIES: Readonly<Record<string, number>> = {
  CAP_CHOWN: 0,
  CAP_DAC_OVERRIDE: 1,
  CAP_FOWNER: 3,
  CAP_FSETID: 4,
  CAP_KILL: 5,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SETPCAP: 8,
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_RAW: 13,
  CAP_SYS_CHROOT: 18,
  CAP_AUDIT_WRITE: 29,
  CAP_SETFCAP: 31,
};
