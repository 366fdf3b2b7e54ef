import type { Finding } from '../../core/finding.ts';
import type { Candidates, PackedPath } from '../../control/index.ts';
import type { Examined, RootProof, Surroundings } from '../../proof/index.ts';
import { entriesTree } from '../../rootfs/index.ts';
import type { ImagePlan } from '../plan/image-plan.ts';
import { withEntries } from '../plan/lacking.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { CandidateControl } from './candidate-control.ts';
import { withLookedUpUsers } from './looked-up-users.ts';

/** What an observed control run has shown. */
export interface Mended {
  /** With what the image lacks, and what is to be said of it. */
  readonly plan: ImagePlan;
  /** What was added: [] where the image lacks nothing that may be packed. */
  readonly packed: readonly PackedPath[];
  /** Whether the plan is another image: with what was packed, or with the accounts that were looked up. */
  readonly isChanged: boolean;
  /** What the program used and is not packed by itself. */
  readonly named: Candidates['named'];
  /** Checks whose stdout is another in every image, and why. */
  readonly surroundings: ReadonlyMap<Examined, Surroundings>;
}

/**
 * A plan with the files that the program used on this machine, in those checks in which the image does not do the same,
 * and that the image lacks. null when there is nothing to learn: all is well, or there is no control.
 */
export async function mendPlan(
  request: BuildRequest,
  plan: ImagePlan,
  { examined }: RootProof,
  { runs }: CandidateControl,
): Promise<Mended | null> {
  const lacking = examined.filter(isLacking);
  if (lacking.length === 0 || runs === null) return null;
  const { findTracer } = await import('../../sandbox/index.ts');
  if (findTracer() === null)
    return {
      plan: withFindings(plan, [NO_TRACER]),
      packed: [],
      isChanged: false,
      named: [],
      surroundings: new Map(),
    };
  const { observeControl } = await import('../../proof/index.ts');
  const { candidateEntries, findCandidates, surroundingsOf } = await import('../../control/index.ts');
  request.onEvent({ kind: 'observing', rung: plan.rung });
  const { observations, doubts } = await observeControl(runs, lacking, request.signal);
  const { source } = runs;
  const image = entriesTree(plan.entries);
  const candidates = await findCandidates({ observations: [...observations.values()], source, image });
  const added = candidateEntries(candidates, source);
  const withUsers = withLookedUpUsers(request, plan, [...observations.values()], source);
  const unpacked = candidates.named[0]?.path ?? null;
  const surroundings = new Map<Examined, Surroundings>();
  for (const [one, observation] of observations) {
    const why = surroundingsOf(observation, source.tree, image, one.job.image.cwd);
    if (why !== null) surroundings.set(one, { why, lacking: unpacked });
  }
  // The user database with the accounts that are named has those of the one that answers for the machine's.
  const databases = new Set((withUsers ?? []).map(({ path }) => path));
  const others = added.filter(({ path }) => !databases.has(path));
  const mended = withEntries(plan, [...(withUsers ?? plan.entries), ...others]);
  return {
    plan: withFindings(mended, findingsOf(candidates, doubts)),
    packed: candidates.pack,
    isChanged: added.length > 0 || withUsers !== null,
    named: candidates.named,
    surroundings,
  };
}

/**
 * Whether the control did more or other things than the image. Where both crash, or both hang, no file of this machine
 * helps; and a traced PID 1 does not die of a fault but meets it again and again (Linux, force_sig_info_to_task).
 */
function isLacking({ result, control }: Examined): boolean {
  if (control === null) return false;
  if ((result.control?.difference ?? null) !== null) return true;
  const { signal, isAlive } = control.outcome;
  return result.status === 'failed' && signal === null && !isAlive;
}

const NO_TRACER: Finding = {
  level: 'warning',
  message: 'what the image lacks cannot be seen: strace is not here',
  hint: 'install strace, and build again: what the program reads on this machine is then added',
};

/** A later round knows better how much of a directory is packed, and names again what an earlier one has. */
function withFindings(plan: ImagePlan, findings: readonly Finding[]): ImagePlan {
  const said = new Set(findings.map(subjectOf));
  return { ...plan, findings: [...plan.findings.filter((one) => !said.has(subjectOf(one))), ...findings] };
}

/** What is only named has its path in the hint, beside numbers in the message. */
const subjectOf = ({ level, message, hint }: Finding): string =>
  level === 'info' ? (hint ?? message) : message;

/** A program may look at all of /etc: what is beyond is counted. */
const TOLD_LIMIT = 12;

function findingsOf({ named, partial }: Candidates, doubts: readonly string[]): readonly Finding[] {
  return [
    ...told(named, namedFinding, 'other files that the program uses on this machine are not packed'),
    ...told(partial, partialFinding, 'other directories are packed in part'),
    ...doubts.map((doubt): Finding => {
      return {
        level: 'warning',
        message: `what the program uses may not have been seen wholly: ${doubt}`,
        hint: 'what is missing in the image can be added with --add',
      };
    }),
  ];
}

function told<T>(all: readonly T[], finding: (one: T) => Finding, others: string): readonly Finding[] {
  const more = all.length - TOLD_LIMIT;
  const first = all.slice(0, TOLD_LIMIT).map(finding);
  if (more <= 0) return first;
  return [
    ...first,
    { level: 'info', message: `${more} ${others}`, hint: 'add what the image is to have: --add SRC:DST' },
  ];
}

function namedFinding({ path, reason }: Candidates['named'][number]): Finding {
  return {
    level: 'info',
    message: `the program uses ${path} on this machine, which is not packed: ${reason}`,
    hint: `if the image is to have it: --add ${path}:${path}`,
  };
}

function partialFinding({ path, packedFiles, files, leftBytes }: Candidates['partial'][number]): Finding {
  return {
    level: 'info',
    message: `${packedFiles} of ${files} files of ${path} are packed: those that the checks used (the others have ${leftBytes} bytes)`,
    hint: `for all of them: --add ${path}:${path}, or a --check that uses more`,
  };
}
