import type { ContainerPlan, Driver, Mode } from '../container/container-plan.ts';
import type { PreparedRequest } from '../prepare/prepared-request.ts';
import { toolPath } from '../../core/find-tool.ts';
import { requireTool } from '../require-tool.ts';
import type { Identity } from '../prepare/identity.ts';
import type { Step } from '../launcher/assemble-program.ts';
import { PRESERVED_FDS } from '../launcher/descriptors.ts';
import { makeDirectory } from '../launcher/file-steps.ts';
import { mergedRoot } from '../launcher/root-steps.ts';
import { continueStep } from '../launcher/start-steps.ts';
import { AT_FDCWD, AT_REMOVEDIR, MNT_DETACH } from '../launcher/system-calls.ts';
import { LAUNCHER_PATH, launchSteps, namespaceWords, prepareSteps, scratchOf } from './chain.ts';
import { ociConfiguration } from './oci-configuration.ts';

/** runc and crun: what docker and podman themselves run containers with. */
export const RUNC_DRIVER: Driver<'runc'> = ociDriver('runc', ['host', 'private-v1', 'private-v2']);
// crun refuses a v1+v2 hybrid; with a cgroup2 of its own and no manager it needs nothing from it.
export const CRUN_DRIVER: Driver<'crun'> = ociDriver('crun', ['host', 'private-v2', 'private-v1']);

function ociDriver<Name extends 'runc' | 'crun'>(
  name: Name,
  mounts: readonly Mode['cgroupMounts'][],
): Driver<Name> {
  return {
    name,
    tools: [name, 'unshare'],
    modes: (identities) => ociModes(identities, mounts),
    plan: (request, mode, folder) => planOci(name, request, mode, folder),
  };
}

/** Both become uid 0 of the namespace while they set it up, so that one mapped id is not enough. */
function ociModes(identities: readonly Identity[], mounts: readonly Mode['cgroupMounts'][]): readonly Mode[] {
  const several = identities.filter((identity) => identity !== 'single');
  const all = several.flatMap((identity) =>
    mounts.map((cgroupMounts) => ({ identity, cgroupMounts, limitedBy: limitedBy(identity, cgroupMounts) })),
  );
  const unlimited = all
    .filter((mode) => mode.identity === 'root' && mode.limitedBy === 'cgroup')
    .map((mode) => ({ ...mode, limitedBy: 'rlimits' as const }));
  return [...all, ...unlimited];
}

function limitedBy(identity: Identity, mounts: Mode['cgroupMounts']): Mode['limitedBy'] {
  if (identity !== 'root') return 'rlimits';
  // A cgroup2 beside the controllers of version 1 has none to limit with.
  return mounts === 'private-v2' ? 'cgroup' : 'runtime';
}

function planOci(name: 'runc' | 'crun', request: PreparedRequest, mode: Mode, folder: string): ContainerPlan {
  const { identity, cgroupMounts } = mode;
  const gainsPrivileges = canGain(request, identity);
  const id = folder.slice(folder.lastIndexOf('/') + 1);
  const isManaged = cgroupMounts !== 'private-v2' && identity === 'root';
  const manager = name === 'crun' && !isManaged ? ['--cgroup-manager=disabled'] : [];
  const runtime = [
    // Its own log: what it has to say must not get into the program's stderr.
    [requireTool(name), '--root', `${folder}/state`, '--log', `${folder}/log`, ...manager],
    ['run', '--preserve-fds', String(PRESERVED_FDS), '--bundle', folder, id],
  ].flat();
  const configuration = ociConfiguration(request, {
    root: mergedRoot(scratchOf(folder)),
    cgroup: mode.limitedBy === 'runtime' ? id : null,
    args: [LAUNCHER_PATH],
    gainsPrivileges,
  });
  return {
    argv: [...namespaceWords(request, identity, folder, ['--mount-proc']), `${folder}/prepare`],
    prepare: [
      ...prepareSteps(request, mode, folder, gainsPrivileges),
      ...privateCgroupSteps(cgroupMounts),
      continueStep(runtime, toolPath()),
    ],
    launcher: launchSteps(request, mode, gainsPrivileges),
    files: { 'config.json': JSON.stringify(configuration) },
    signalsAsExitCodes: true,
    gainsPrivileges,
  };
}

/** In a user namespace a file of the machine, whose owner has no id there, gains nothing: security/commoncap.c, fs/exec.c. */
function canGain({ privileged, otherPrivileged, emulator }: PreparedRequest, identity: Identity): boolean {
  const isOwn = privileged !== null && emulator === null && !(privileged.isMounted && identity !== 'root');
  return isOwn || otherPrivileged.length > 0;
}

const CGROUP_ROOT = '/sys/fs/cgroup';
const V1_CONTROLLERS = ['cpu', 'cpuacct', 'cpuset', 'memory', 'devices', 'freezer', 'blkio', 'pids'];
/** How many mounts may lie on each other at /sys/fs/cgroup. */
const STACKED_MOUNTS = 4;

/** In the runtime's private mount namespace: away with the cgroup mounts that it cannot live with, and one that it can. */
function privateCgroupSteps(cgroup: Mode['cgroupMounts']): readonly Step[] {
  if (cgroup === 'host') return [];
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
    return [makeDirectory(path), { ...mount('cgroup', path, controller), onError: remove }];
  });
  return [
    ...Array.from({ length: STACKED_MOUNTS }, () => unmount),
    ...(cgroup === 'private-v2'
      ? [mount('cgroup2', CGROUP_ROOT, '')]
      : [mount('tmpfs', CGROUP_ROOT, 'mode=755'), ...controllers]),
  ];
}
