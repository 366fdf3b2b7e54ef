import type { Step } from './assemble-program.ts';
import type { ContainerPlan, Driver, Mode, PreparedRequest } from './container-plan.ts';
import { findTool, toolPath } from './find-tool.ts';
import { IDENTITY_NOTE, namespacePrefix } from './identity.ts';
import {
  changeDirectoryStep,
  dropPrivilegeSteps,
  executeSteps,
  LAUNCHER_FD,
  limitSteps,
} from './launcher-steps.ts';
import { ociConfiguration } from './oci-configuration.ts';
import { AT_FDCWD, AT_REMOVEDIR, MNT_DETACH } from './system-calls.ts';

/** runc and crun: what docker and podman themselves run containers with. */
export const RUNC_DRIVER: Driver = ociDriver('runc', ['host', 'private-v1', 'private-v2']);
// crun refuses a v1+v2 hybrid; with a cgroup2 of its own and no manager it needs nothing from it (peers.md 1).
export const CRUN_DRIVER: Driver = ociDriver('crun', ['host', 'private-v2', 'private-v1']);

function ociDriver(name: 'runc' | 'crun', cgroups: readonly Mode['cgroup'][]): Driver {
  return {
    name,
    tools: [name, 'unshare'],
    // Both become uid 0 of the namespace while they set it up, so that one mapped id is not enough.
    modes: (identities) =>
      identities
        .filter((identity) => identity !== 'single')
        .flatMap((identity) => cgroups.map((cgroup) => ({ identity, cgroup }))),
    isolation: (mode) => [
      'own mount, pid, network, ipc and uts namespaces',
      'no capabilities, no new privileges',
      IDENTITY_NOTE[mode.identity],
      hasCgroup(mode)
        ? 'processes and memory limited by a cgroup'
        : 'processes and memory limited by rlimits',
    ],
    plan: (request, mode, folder) => planOci(name, request, mode, folder),
  };
}

function planOci(name: 'runc' | 'crun', request: PreparedRequest, mode: Mode, folder: string): ContainerPlan {
  const { identity, cgroup } = mode;
  const { uid, gid } = request;
  const id = folder.slice(folder.lastIndexOf('/') + 1);
  // A pid namespace around the runtime: when its first process goes, by whatever signal, so does everything in it.
  const flags = ['--mount', '--pid', '--mount-proc', '--cgroup', '--fork', '--kill-child'];
  const manager =
    name === 'crun' && (cgroup === 'private-v2' || identity !== 'root') ? ['--cgroup-manager=disabled'] : [];
  const runtime = [
    // Its own log: what it has to say must not get into the program's stderr.
    [findTool(name) ?? name, '--root', `${folder}/state`, '--log', `${folder}/log`, ...manager],
    ['run', '--preserve-fds', '2', '--bundle', folder, id],
  ].flat();
  const isPrivate = cgroup === 'private-v1' || cgroup === 'private-v2';
  const configuration = ociConfiguration(request, {
    cgroup: hasCgroup(mode) ? id : null,
    args: [`/proc/self/fd/${LAUNCHER_FD}`],
    ownsNetwork: identity === 'root' || request.network === 'none',
  });
  return {
    argv: [
      ...namespacePrefix({ identity, uid, gid, flags }),
      ...(isPrivate ? [`${folder}/prepare`] : runtime),
    ],
    launcher: [
      changeDirectoryStep(request.cwd),
      ...limitSteps(request.limits, !hasCgroup(mode)),
      ...dropPrivilegeSteps({ uid, gid }),
      ...executeSteps(request.path, request.argv, request.env),
    ],
    files: {
      'config.json': JSON.stringify(configuration),
      ...(isPrivate ? { prepare: privateCgroupSteps(cgroup, runtime) } : {}),
    },
    cgroupName: hasCgroup(mode) ? id : null,
    signalsAsExitCodes: true,
  };
}

function hasCgroup({ identity, cgroup }: Mode): boolean {
  return identity === 'root' && (cgroup === 'host' || cgroup === 'private-v1');
}

const CGROUP_ROOT = '/sys/fs/cgroup';
const V1_CONTROLLERS = ['cpu', 'cpuacct', 'cpuset', 'memory', 'devices', 'freezer', 'blkio', 'pids'];
/** How many mounts may lie on each other at /sys/fs/cgroup. */
const STACKED_MOUNTS = 4;

/** In the runtime's private mount namespace: away with the cgroup mounts that it cannot live with, and one that it can. */
function privateCgroupSteps(
  cgroup: 'private-v1' | 'private-v2',
  runtime: readonly string[],
): readonly Step[] {
  const unmount: Step = {
    name: 'umount',
    call: 'umount2',
    args: [CGROUP_ROOT, MNT_DETACH],
    onError: 'ignore',
  };
  const mount = (type: string, target: string, options: string): Step => {
    return { name: `mount ${target}`, call: 'mount', args: [type, target, type, 0, options] };
  };
  const controllers = V1_CONTROLLERS.flatMap((controller): Step[] => {
    const path = `${CGROUP_ROOT}/${controller}`;
    const remove: Step = {
      name: 'rmdir',
      call: 'unlinkat',
      args: [AT_FDCWD, path, AT_REMOVEDIR],
      onError: 'ignore',
    };
    return [
      { name: path, call: 'mkdirat', args: [AT_FDCWD, path, 0o755] },
      { ...mount('cgroup', path, controller), onError: remove },
    ];
  });
  return [
    ...Array.from({ length: STACKED_MOUNTS }, () => unmount),
    ...(cgroup === 'private-v2'
      ? [mount('cgroup2', CGROUP_ROOT, '')]
      : [mount('tmpfs', CGROUP_ROOT, 'mode=755'), ...controllers]),
    { name: 'exec', call: 'execve', args: [runtime[0] ?? '', runtime, [`PATH=${toolPath()}`]] },
  ];
}
