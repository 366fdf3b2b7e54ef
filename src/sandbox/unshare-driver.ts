import type { ContainerPlan, Driver, Mode, PreparedRequest } from './container-plan.ts';
import { EMULATOR_PATH } from './container-plan.ts';
import { IDENTITY_NOTE, namespacePrefix } from './identity.ts';
import {
  changeDirectoryStep,
  dropPrivilegeSteps,
  emptyFile,
  executeSteps,
  limitSteps,
  loopbackSteps,
  mountSteps,
  sessionStep,
} from './launcher-steps.ts';

/** unshare(1) of util-linux makes the namespaces, and the launcher does everything else. */
export const UNSHARE_DRIVER: Driver = {
  name: 'unshare',
  tools: ['unshare'],
  modes: (identities) => identities.map((identity) => ({ identity, cgroup: 'none' })),
  isolation: (mode) => [
    'own mount, pid, network, ipc, uts and cgroup namespaces',
    'no capabilities, no new privileges',
    IDENTITY_NOTE[mode.identity],
  ],
  plan: planUnshare,
};

function planUnshare(request: PreparedRequest, mode: Mode, folder: string): ContainerPlan {
  const newNetwork = request.network === 'none';
  const flags = [
    '--mount',
    '--pid',
    '--ipc',
    '--uts',
    '--cgroup',
    ...(newNetwork ? ['--net'] : []),
    '--fork',
    '--kill-child',
  ];
  const { identity } = mode;
  const { uid, gid } = request;
  const emulator = request.emulator === null ? [] : [emptyFile(`${request.root}${EMULATOR_PATH}`)];
  const mounts = mountSteps({ ...request, newNetwork, beforeBinds: emulator, binds: bindsOf(request) });
  return {
    argv: [...namespacePrefix({ identity, uid, gid, flags }), `${folder}/launcher`],
    launcher: [
      sessionStep(),
      ...(newNetwork ? loopbackSteps() : []),
      ...mounts,
      changeDirectoryStep(request.cwd),
      ...limitSteps(request.limits),
      // In the `single` identity there is one id, it is the right one already, and setgroups is denied.
      ...dropPrivilegeSteps(identity === 'single' ? null : { uid, gid }),
      ...executeSteps(request.path, request.argv, request.env),
    ],
    files: {},
    cgroupName: null,
    signalsAsExitCodes: false,
  };
}

function bindsOf({ binds, emulator }: PreparedRequest): PreparedRequest['binds'] {
  return emulator === null ? binds : [{ source: emulator, target: EMULATOR_PATH, readOnly: true }, ...binds];
}
