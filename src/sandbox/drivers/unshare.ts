import type { ContainerPlan, Driver, Mode } from '../container/container-plan.ts';
import type { PreparedRequest } from '../prepare/prepared-request.ts';
import { pivotSteps, mergedRoot } from '../launcher/root-steps.ts';
import { procSteps } from '../launcher/proc-steps.ts';
import { launchSteps, namespaceWords, prepareSteps, scratchOf } from './chain.ts';
import { ownModes } from './own-modes.ts';

/** unshare(1) of util-linux makes the namespaces, and the launcher does everything else. */
export const UNSHARE_DRIVER: Driver<'unshare'> = {
  name: 'unshare',
  tools: ['unshare'],
  modes: ownModes,
  plan: planUnshare,
};

function planUnshare(request: PreparedRequest, mode: Mode, folder: string): ContainerPlan {
  const root = mergedRoot(scratchOf(folder));
  return {
    argv: [...namespaceWords(request, mode.identity, folder), `${folder}/launcher`],
    prepare: [],
    launcher: [
      ...prepareSteps(request, mode, folder),
      ...procSteps(root),
      ...pivotSteps(root),
      ...launchSteps(request, mode),
    ],
    files: {},
    signalsAsExitCodes: false,
    // execve of such a file clears the death signal (prctl(2)), on which the end of everything depends here.
    gainsPrivileges: false,
  };
}
