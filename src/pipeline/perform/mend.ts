import type { Finding } from '../../core/finding.ts';
import type { Candidates } from '../../control/index.ts';
import type { Examined } from '../../proof/index.ts';
import { entriesTree } from '../../rootfs/index.ts';
import type { ImagePlan } from '../plan/image-plan.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { CandidateControl } from './candidate-control.ts';
import type { ProvenImage } from './write-and-prove.ts';

/** What an image lacks of what its program used where it works. */
export interface Mended {
  readonly plan: ImagePlan;
  /** Whether anything was added. */
  readonly isLarger: boolean;
}

/**
 * A plan with the files that the program used on this machine, in those checks in which the image does not do the same,
 * and that the image lacks. null when there is nothing to learn: all is well, there is no control, or no tracer.
 */
export async function mendPlan(
  request: BuildRequest,
  plan: ImagePlan,
  { examined }: ProvenImage,
  { runs, sandbox }: CandidateControl,
): Promise<Mended | null> {
  const lacking = examined.filter(isLacking);
  if (lacking.length === 0 || runs === null || sandbox === null) return null;
  const { findTracer } = await import('../../sandbox/index.ts');
  if (findTracer() === null) return { plan: withFindings(plan, [NO_TRACER]), isLarger: false };
  const { observeControl } = await import('../../proof/index.ts');
  const { candidateEntries, findCandidates } = await import('../../control/index.ts');
  request.onEvent({ kind: 'observing', checks: lacking.length });
  const { observations, doubts } = await observeControl(runs, lacking, request.signal);
  const candidates = await findCandidates({
    observations,
    source: runs.source,
    image: entriesTree(plan.entries),
  });
  const added = candidateEntries(candidates, runs.source);
  const mended = { ...plan, entries: [...plan.entries, ...added] };
  return { plan: withFindings(mended, findingsOf(candidates, doubts)), isLarger: added.length > 0 };
}

/** Whether the control did more or other things than the image. */
function isLacking({ result, control }: Examined): boolean {
  if (control === null) return false;
  return (result.control?.difference ?? null) !== null || result.status === 'failed';
}

const NO_TRACER: Finding = {
  level: 'warning',
  message: 'what the image lacks cannot be seen: strace is not here',
  hint: 'install strace, and build again: what the program reads on this machine is then added',
};

function withFindings(plan: ImagePlan, findings: readonly Finding[]): ImagePlan {
  return { ...plan, findings: [...plan.findings, ...findings] };
}

function findingsOf({ named, partial }: Candidates, doubts: readonly string[]): readonly Finding[] {
  return [
    ...named.map(({ path, reason }): Finding => {
      return {
        level: 'info',
        message: `the program uses ${path} on this machine, which is not packed: ${reason}`,
        hint: `if the image is to have it: --add ${path}:${path}`,
      };
    }),
    ...partial.map(({ path, packedFiles, files, leftBytes }): Finding => {
      return {
        level: 'info',
        message: `${packedFiles} of ${files} files of ${path} are packed: those that the checks used (the others have ${leftBytes} bytes)`,
        hint: `for all of them: --add ${path}:${path}, or a --check that uses more`,
      };
    }),
    ...doubts.map((doubt): Finding => {
      return {
        level: 'warning',
        message: `what the program uses may not have been seen wholly: ${doubt}`,
        hint: 'what is missing in the image can be added with --add',
      };
    }),
  ];
}
