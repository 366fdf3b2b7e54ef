import { join } from 'node:path';
import { type PackedPath, reduceCandidates } from '../../control/index.ts';
import type { SandboxName } from '../../core/choices.ts';
import { MorselError } from '../../core/errors.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../core/temporary-folder.ts';
import { removeTree } from '../../core/remove-tree.ts';
import { unpackImage } from '../../layers/index.ts';
import { withImage } from '../../places/index.ts';
import { configurationIn, ObservedTrial } from '../../proof/index.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import type { ImagePlan } from '../plan/image-plan.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { CandidateControl } from './candidate-control.ts';
import type { ProvenImage } from './proven-image.ts';

/** A plan without what its checks do without, and what that is. */
export interface ReducedPlan {
  readonly plan: ImagePlan;
  /** In words, each path named. */
  readonly trades: readonly string[];
}

/**
 * For `--size smallest`: of what was packed because a job used it on this machine, only that without which the job does
 * otherwise. null where nothing can go, or the jobs cannot be observed twice alike. Errors: those of a run; INTERRUPTED.
 */
export async function reduceImage(
  request: BuildRequest,
  plan: ImagePlan,
  { written, examined }: ProvenImage,
  packed: readonly PackedPath[],
  { sandbox }: CandidateControl,
): Promise<ReducedPlan | null> {
  if (packed.length === 0 || sandbox === null) return null;
  const { signal } = request;
  const folder = makeTemporaryFolder('reduce');
  const whole = join(folder, 'whole');
  try {
    const location = { kind: request.stagedAs, path: written.path };
    const { image, capabilities, setIds } = await withImage(location, { signal }, async (opened) => {
      const unpacked = await unpackImage(opened, whole, { signal });
      return { ...unpacked, image: configurationIn(whole, opened.config) };
    });
    const jobs = examined.map(({ job }) => ({
      examination: job.examination,
      readOnlyRoot: job.readOnlyRoot,
    }));
    const isPlain = capabilities.size === 0 && setIds.size === 0;
    const tried = isPlain ? await quickSandbox(sandbox, signal) : sandbox;
    const trial = new ObservedTrial(
      { sandbox: tried, image, mounts: [], capabilities, setIds, signal },
      jobs,
    );
    if (!(await trial.learn(whole))) return null;
    const all = [...packed, ...unwindLibraries(plan)].sort((a, b) => (a.path < b.path ? -1 : 1));
    const isEnough = trialOf(trial, folder, whole, all);
    const { removed, stoppedBy } = await reduceCandidates(all, { isEnough, signal });
    return removed.length === 0 ? null : reducedPlan(plan, removed, stoppedBy);
  } finally {
    removeTemporaryFolder(folder);
  }
}

/** What the C library opens where a thread is cancelled or leaves by pthread_exit(3): a job shows whether one does. */
function unwindLibraries({ entries }: ImagePlan): readonly PackedPath[] {
  return entries.flatMap((entry) =>
    entry.kind === 'file' && entry.reason.startsWith(OF_UNWINDER)
      ? [{ ...entry, owner: { kind: 'image' }, source: entry.path, content: null }]
      : [],
  );
}

/** With which the need `libgcc_s` marks what it supplies. */
const OF_UNWINDER = 'libgcc_s: ';

/** Those that start soonest, observed: 0.4 to 0.7 of the time of runc. The image that is left is proven in its own. */
const QUICK: readonly SandboxName[] = ['bwrap', 'crun'];

async function quickSandbox(own: Sandbox, signal: AbortSignal | undefined): Promise<Sandbox> {
  const { chooseSandbox } = await import('../../sandbox/index.ts');
  for (const prefer of QUICK) {
    if (own.name === prefer) return own;
    const found = await chooseSandbox({ prefer, signal }).catch((error: unknown) => {
      if (error instanceof MorselError && error.code === 'SANDBOX_MISSING') return null;
      throw error;
    });
    if (found !== null && found.lacks.length === 0) return found;
  }
  return own;
}

/** Each try has a root of its own, of hard links. */
function trialOf(
  trial: ObservedTrial,
  folder: string,
  whole: string,
  packed: readonly PackedPath[],
): (kept: readonly PackedPath[]) => Promise<boolean> {
  let count = 0;
  return async (kept) => {
    const { makeLinkedRoot } = await import('./linked-root.ts');
    const keeps = new Set(kept.map(({ path }) => path));
    const without = new Set(packed.map(({ path }) => path).filter((path) => !keeps.has(path)));
    // Two are tried at a time.
    const root = join(folder, `part-${(count += 1)}`);
    makeLinkedRoot(whole, root, without);
    try {
      return await trial.isEnough(root);
    } finally {
      removeTree(root);
    }
  };
}

function reducedPlan(plan: ImagePlan, removed: readonly PackedPath[], stoppedBy: string | null): ReducedPlan {
  const gone = new Set(removed.map(({ path }) => path));
  const files = removed.filter(({ kind }) => kind !== 'directory').map(({ path }) => path);
  const limit = stoppedBy === null ? [] : [`not every file was tried: the limit of ${stoppedBy} was reached`];
  return {
    plan: { ...plan, entries: plan.entries.filter(({ path }) => !gone.has(path)) },
    trades: [...files.map((path) => `${path} was left out: the checks do the same without it`), ...limit],
  };
}
