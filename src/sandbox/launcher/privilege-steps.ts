import { GAINABLE_CAPABILITIES } from '../description.ts';
import { INSTRUCTION_BYTES } from '../seccomp/seccomp-filter.ts';
import type { Step } from './assemble-program.ts';
import { KEYCTL_JOIN_SESSION_KEYRING, PR, RLIMIT, SECCOMP_MODE_FILTER } from './system-calls.ts';

const SIGKILL = 9;
/** CAP_LAST_CAP is 40 in Linux 6.x; dropping one that the kernel does not know gives EINVAL, which is ignored. */
const CAPABILITIES = 64;

export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary ones. */
  readonly groups: readonly number[];
}

/**
 * A new session keyring, for the caller's may hold secrets (keyctl(2)). A kernel without keys, or a container that does
 * not allow the call, has no keyring that a program could ask either: the filter refuses keyctl.
 */
export function keyringStep(): Step {
  return {
    name: 'session keyring',
    call: 'keyctl',
    args: [KEYCTL_JOIN_SESSION_KEYRING, 0],
    onError: 'ignore',
  };
}

/** What ends everything when morsel is killed. execve keeps it, and a change of user clears it (kernel/cred.c). */
export function deathSignalStep(): Step {
  return { name: 'parent death signal', call: 'prctl', args: [PR.SET_PDEATHSIG, SIGKILL, 0, 0, 0] };
}

/**
 * Gives up everything: capabilities for good, other groups, other users, and what it could gain by a setuid file, but
 * where that is what is run.
 */
export function dropPrivilegeSteps(
  user: Credentials | null,
  filter: Uint8Array,
  gainsPrivileges: boolean,
): readonly Step[] {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x20080522, 0); // _LINUX_CAPABILITY_VERSION_3
  const kept = gainsPrivileges ? Object.values(GAINABLE_CAPABILITIES) : [];
  const dropped = Array.from({ length: CAPABILITIES }, (_, capability) => capability);
  const bounding = dropped
    .filter((one) => !kept.includes(one))
    .map((capability): Step => {
      return {
        name: 'bounding set',
        call: 'prctl',
        args: [PR.CAPBSET_DROP, capability, 0, 0, 0],
        onError: 'ignore',
      };
    });
  return [
    // Without the one, the other takes CAP_SYS_ADMIN (seccomp(2)); what follows is allowed by the filter.
    ...(gainsPrivileges
      ? []
      : [{ name: 'no new privileges', call: 'prctl', args: [PR.SET_NO_NEW_PRIVS, 1, 0, 0, 0] } as const]),
    filterStep(filter),
    ...bounding,
    ...(user === null ? [] : becomeUserSteps(user)),
    {
      name: 'ambient set',
      call: 'prctl',
      args: [PR.CAP_AMBIENT, PR.CAP_AMBIENT_CLEAR_ALL, 0, 0, 0],
      onError: 'ignore',
    },
    { name: 'capset', call: 'capset', args: [header, Buffer.alloc(24)] },
    deathSignalStep(),
  ];
}

function becomeUserSteps({ uid, gid, groups }: Credentials): readonly Step[] {
  const list = Buffer.alloc(4 * groups.length);
  groups.forEach((group, index) => list.writeUInt32LE(group, 4 * index));
  return [
    { name: 'setgroups', call: 'setgroups', args: [groups.length, list] },
    { name: 'setresgid', call: 'setresgid', args: [gid, gid, gid] },
    { name: 'setresuid', call: 'setresuid', args: [uid, uid, uid] },
  ];
}

/** struct sock_fprog: the number of instructions, and where they are. */
function filterStep(filter: Uint8Array): Step {
  const program = { fields: [filter.length / INSTRUCTION_BYTES, filter] };
  return { name: 'system call filter', call: 'prctl', args: [PR.SET_SECCOMP, SECCOMP_MODE_FILTER, program] };
}

export interface Limits {
  readonly processes: number;
  readonly memoryBytes: number;
}

/** What is not finite is not limited. @param limits null where a cgroup holds the container as a whole. */
export function limitSteps(limits: Limits | null): readonly Step[] {
  const limit = (name: string, resource: number, value: number): Step[] => {
    if (!Number.isFinite(value)) return [];
    const both = Buffer.alloc(16);
    both.writeBigUInt64LE(BigInt(value), 0);
    both.writeBigUInt64LE(BigInt(value), 8);
    // A lower hard limit of morsel's own cannot be raised, and need not be.
    return [{ name, call: 'prlimit64', args: [0, resource, both, 0], onError: 'ignore' }];
  };
  const core = limit('core limit', RLIMIT.CORE, 0);
  if (limits === null) return core;
  const processes = limit('process limit', RLIMIT.NPROC, limits.processes);
  return [...core, ...processes, ...limit('memory limit', RLIMIT.DATA, limits.memoryBytes)];
}
