import { existsSync, statSync } from 'node:fs';
import { deathSignalPrefix } from '../core/process-family.ts';
import type { ContainerPlan, Driver, Mode, PreparedRequest } from './container-plan.ts';
import { EMULATOR_PATH } from './container-plan.ts';
import { IDENTITY_NOTE, namespacePrefix, type Identity } from './identity.ts';
import {
  changeDirectoryStep,
  DEVICE_LINKS,
  DEVICE_NODES,
  dropPrivilegeSteps,
  executeSteps,
  LAUNCHER_FD,
  limitSteps,
  MASKED_PROC,
  sessionStep,
} from './launcher-steps.ts';

/** bubblewrap makes namespaces and mounts; the launcher gives up privileges and starts the program. */
export const BWRAP_DRIVER: Driver = {
  name: 'bwrap',
  tools: ['bwrap'],
  modes: (identities) => identities.map((identity) => ({ identity, cgroup: 'none' })),
  isolation: (mode) => [
    'own mount, pid, network, ipc, uts and cgroup namespaces',
    'no capabilities, no new privileges',
    IDENTITY_NOTE[mode.identity],
    '/sys is the machine’s, read-only',
  ],
  plan: planBwrap,
};

function planBwrap(request: PreparedRequest, mode: Mode): ContainerPlan {
  const { identity } = mode;
  return {
    argv: [
      ...prefix(identity, request),
      'bwrap',
      ...bwrapArguments(request, identity),
      '--',
      `/proc/self/fd/${LAUNCHER_FD}`,
    ],
    launcher: [
      sessionStep(),
      changeDirectoryStep(request.cwd),
      ...limitSteps(request.limits),
      ...dropPrivilegeSteps(identity === 'single' ? null : { uid: request.uid, gid: request.gid }),
      ...executeSteps(request.path, request.argv, request.env),
    ],
    files: {},
    cgroupName: null,
    signalsAsExitCodes: true,
  };
}

function prefix(identity: Identity, { uid, gid }: PreparedRequest): readonly string[] {
  if (identity === 'single') return deathSignalPrefix();
  // As root bwrap gives up CAP_KILL, without which its death signal does not reach a program of another user: a pid
  // namespace around it ends everything in it. And it can map one id only, so that a range is mapped before it.
  const flags = ['--mount', '--pid', '--mount-proc', '--fork', '--kill-child'];
  return namespacePrefix({ identity, uid, gid, flags });
}

function bwrapArguments(request: PreparedRequest, identity: Identity): readonly string[] {
  const { uid, gid, root, emulator, binds } = request;
  return [
    ['--die-with-parent', '--as-pid-1', '--hostname', request.hostname],
    ['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    request.network === 'none' ? ['--unshare-net'] : [],
    identity === 'single' ? ['--unshare-user', '--uid', String(uid), '--gid', String(gid)] : CAPABILITIES,
    [request.readOnlyRoot ? '--ro-bind' : '--bind', root, '/'],
    ['--proc', '/proc'],
    deviceArguments(request, identity),
    ['--mqueue', '/dev/mqueue', '--perms', '1777', '--tmpfs', '/dev/shm'],
    ['--ro-bind', '/sys', '/sys'],
    hidden(),
    emulator === null ? [] : ['--ro-bind', emulator, EMULATOR_PATH],
    binds.flatMap(({ source, target, readOnly }) => [readOnly ? '--ro-bind' : '--bind', source, target]),
  ].flat();
}

/** What the launcher needs to become the user and to give up the rest; bwrap keeps it from the program otherwise. */
const CAPABILITIES = ['--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID', '--cap-add', 'CAP_SETPCAP'];

/**
 * For /dev/pts bwrap makes a second user namespace inside the one that owns the network (its ids have to be root's for
 * a moment), and from there the network cannot be joined: where a server is to be asked, there are no terminals.
 */
function deviceArguments(request: PreparedRequest, identity: Identity): readonly string[] {
  if (identity !== 'single' || !request.isObserved) return ['--dev', '/dev'];
  const links = Object.entries(DEVICE_LINKS).filter(([name]) => name !== 'ptmx');
  const nodes = DEVICE_NODES.flatMap((name) => ['--dev-bind', `/dev/${name}`, `/dev/${name}`]);
  return [
    '--tmpfs',
    '/dev',
    ...nodes,
    ...links.flatMap(([name, target]) => ['--symlink', target, `/dev/${name}`]),
  ];
}

function hidden(): readonly string[] {
  const paths = [...MASKED_PROC.map((name) => `/proc/${name}`), '/sys/firmware'].filter((path) =>
    existsSync(path),
  );
  return paths.flatMap((path) =>
    statSync(path).isDirectory() ? ['--tmpfs', path] : ['--ro-bind', '/dev/null', path],
  );
}
