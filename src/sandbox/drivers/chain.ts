import type { Mode } from '../container/container-plan.ts';
import type { Terminal } from '../terminal.ts';
import { EMULATOR_PATH, type PreparedRequest } from '../prepare/prepared-request.ts';
import { requireTool } from '../require-tool.ts';
import { identityFlags, type Identity } from '../prepare/identity.ts';
import type { Step } from '../launcher/assemble-program.ts';
import { LAUNCHER_FD } from '../launcher/descriptors.ts';
import { openTerminalSteps } from '../launcher/terminal-steps.ts';
import { dropPrivilegeSteps, limitSteps } from '../launcher/privilege-steps.ts';
import { type RootPlan, rootSteps } from '../launcher/root-steps.ts';
import {
  changeDirectoryStep,
  closeInheritedStep,
  executeSteps,
  loopbackSteps,
  openNetworkSteps,
  sessionStep,
} from '../launcher/start-steps.ts';
import { traceWords } from './trace-words.ts';
import { seccompFilter } from '../seccomp/seccomp-filter.ts';
import { requireMachine } from '../sandbox-machine.ts';

/**
 * Every container is set up by a chain of programs, each of which executes the next:
 *
 *     enter ─▶ unshare(1) ─▶ prepare ─▶ bwrap, runc or crun ─▶ launcher ─▶ the program
 *                       └──────────────────────────────────▶ launcher ─▶ the program
 *
 * enter joins the cgroup and a keyring of its own; unshare makes the namespaces; prepare makes the root; the runtime
 * adds a pid namespace with its /proc; the launcher gives up all rights. What differs between drivers is the runtime.
 */

/** Where the run's programs find what they mount and start. */
export function scratchOf(folder: string): string {
  return `${folder}/scratch`;
}

/** How the launcher is started where the run's folder cannot be seen: by its descriptor. */
export const LAUNCHER_PATH = `/proc/self/fd/${LAUNCHER_FD}`;

/**
 * The words that put what follows into namespaces of its own, and end it when this process is killed. A tracer stands
 * inside of the user namespace: newuidmap(1), which makes it, is setuid and would have no effect when traced.
 */
export function namespaceWords(
  request: PreparedRequest,
  identity: Identity | 'single-as-root',
  folder: string,
  extra: readonly string[] = [],
): readonly string[] {
  const { uid, gid, network } = request;
  const unshare = requireTool('unshare');
  const user = identityFlags(identity, { uid, gid });
  const tracer = traceWords(request, folder);
  const isCut = tracer.length > 0 && user.length > 0;
  return [
    isCut ? [unshare, ...user, '--', ...tracer, unshare] : [...tracer, unshare, ...user],
    ['--mount', '--pid', '--ipc', '--uts', '--cgroup', ...(network === 'none' ? ['--net'] : [])],
    [...extra, '--fork', '--kill-child', '--'],
  ].flat();
}

/** From the namespaces to a finished root. */
export function prepareSteps(
  request: PreparedRequest,
  mode: Mode,
  folder: string,
  gainsPrivileges = false,
): readonly Step[] {
  return [
    closeInheritedStep(),
    sessionStep(),
    ...(request.network === 'none' ? [...loopbackSteps(), ...openNetworkSteps(request.gid)] : []),
    ...rootSteps({
      ...rootPlan(request, mode, folder),
      privileged: gainsPrivileges ? privilegedFiles(request) : [],
    }),
  ];
}

function privilegedFiles({ privileged, otherPrivileged }: PreparedRequest): RootPlan['privileged'] {
  return privileged === null ? otherPrivileged : [privileged, ...otherPrivileged];
}

function rootPlan(
  request: PreparedRequest,
  { identity }: Mode,
  folder: string,
): Omit<RootPlan, 'privileged'> {
  const { emulator, imageOwner } = request;
  return {
    ...request,
    scratch: scratchOf(folder),
    imageAttributes: { mode: request.imageMode, owner: identity === 'root' ? imageOwner : null },
    inUserNamespace: identity !== 'root',
    newNetwork: request.network === 'none',
    emulator: emulator === null ? null : { source: emulator, target: EMULATOR_PATH },
    volumeOwner: identity === 'single' ? null : { uid: request.uid, gid: request.gid },
    console: request.terminal === null ? null : consoleOf(request.terminal, request.uid, identity),
  };
}

/** Root may give it to the program's user, who can open it anew then; its launcher opens it by the group. */
function consoleOf({ path }: Terminal, uid: number, identity: Identity): RootPlan['console'] {
  return { source: path, owner: identity === 'root' ? { uid, gid: 0 } : null };
}

/** From a finished root to the program. */
export function launchSteps(request: PreparedRequest, mode: Mode, gainsPrivileges = false): readonly Step[] {
  const { uid, gid, groups, limits, network, isObserved } = request;
  return [
    ...(request.terminal === null ? [] : openTerminalSteps()),
    changeDirectoryStep(request.cwd),
    ...limitSteps(mode.limitedBy === 'rlimits' ? limits : null),
    ...dropPrivilegeSteps(
      // In the `single` identity there is one id, it is the right one already, and setgroups is denied.
      mode.identity === 'single' ? null : { uid, gid, groups },
      seccompFilter(requireMachine(), network === 'none' ? 'no-network' : 'network'),
      gainsPrivileges,
    ),
    ...executeSteps({ ...request, waits: isObserved }),
  ];
}
