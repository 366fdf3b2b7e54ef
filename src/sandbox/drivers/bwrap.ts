import type { ContainerPlan, Driver, Mode } from '../container/container-plan.ts';
import type { PreparedRequest } from '../prepare/prepared-request.ts';
import { toolPath } from '../../core/find-tool.ts';
import { kindOfPath, protectedProcWords } from '../../core/protected-proc.ts';
import { requireTool } from '../require-tool.ts';
import { mergedRoot } from '../launcher/root-steps.ts';
import { continueStep, sessionStep } from '../launcher/start-steps.ts';
import { LAUNCHER_PATH, launchSteps, namespaceWords, prepareSteps, scratchOf } from './chain.ts';
import { ownModes } from './own-modes.ts';

/** bubblewrap makes the pid namespace with its /proc, and for a user with one id the user namespace. */
export const BWRAP_DRIVER: Driver<'bwrap'> = {
  name: 'bwrap',
  tools: ['bwrap', 'unshare'],
  modes: ownModes,
  plan: planBwrap,
};

function planBwrap(request: PreparedRequest, mode: Mode, folder: string): ContainerPlan {
  const { identity } = mode;
  const outer = identity === 'single' ? 'single-as-root' : identity;
  const bwrap = [requireTool('bwrap'), ...bwrapArguments(request, mode, folder), '--', LAUNCHER_PATH];
  return {
    // As root bwrap gives up CAP_KILL, without which its death signal does not reach a program of another user: the
    // pid namespace around it ends everything in it.
    argv: [...namespaceWords(request, outer, folder, ['--mount-proc']), `${folder}/prepare`],
    prepare: [...prepareSteps(request, mode, folder), continueStep(bwrap, toolPath())],
    launcher: [sessionStep(), ...launchSteps(request, mode)],
    files: {},
    signalsAsExitCodes: true,
    // bwrap always sets no_new_privs.
    gainsPrivileges: false,
  };
}

/** What the launcher needs to become the user and to give up the rest; bwrap keeps it from the program otherwise. */
const CAPABILITIES = ['--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID', '--cap-add', 'CAP_SETPCAP'];

function bwrapArguments(
  { uid, gid }: PreparedRequest,
  { identity }: Mode,
  folder: string,
): readonly string[] {
  return [
    ['--die-with-parent', '--as-pid-1', '--unshare-pid'],
    identity === 'single'
      ? ['--unshare-user', '--uid', String(uid), '--gid', String(gid), '--cap-drop', 'ALL']
      : CAPABILITIES,
    // Read-only or not is the overlay's own; `--ro-bind` would make /dev/shm read-only as well.
    ['--dev-bind', mergedRoot(scratchOf(folder)), '/'],
    ['--proc', '/proc'],
    protectedProcWords(kindOfPath),
  ].flat();
}
