import type { ContainerPlan, Mode } from './container-plan.ts';
import type { PreparedRequest } from '../prepare/prepared-request.ts';
import type { PrivilegedFile } from '../prepare/privileged-files.ts';

/** Named; the rest is counted. */
const NAMED_LIMIT = 3;

export interface FidelityReport {
  readonly notes: readonly string[];
  readonly unfaithful: readonly string[];
}

/** What of the user and of the bits and capabilities of the image's files was not as under docker, in words. */
export function fidelityReport(request: PreparedRequest, plan: ContainerPlan, mode: Mode): FidelityReport {
  const { notes, unfaithful } = privilegeReport(request, plan, mode);
  const lost = mode.identity === 'single' ? request.groups.filter((group) => group !== request.gid) : [];
  if (lost.length === 0) return { notes, unfaithful };
  const words = `the groups ${lost.join(', ')} of the user were not given: that takes root or subordinate ids`;
  return { notes: [...notes, words], unfaithful: [...unfaithful, words] };
}

/** What came of the bits and capabilities. */
function privilegeReport(
  request: PreparedRequest,
  { gainsPrivileges }: ContainerPlan,
  { identity }: Mode,
): FidelityReport {
  const { privileged, otherPrivileged, emulator } = request;
  const others = noteOfOthers(otherPrivileged, gainsPrivileges);
  if (privileged === null) return { notes: others, unfaithful: [] };
  const problem =
    emulator === null
      ? problemOf(privileged, gainsPrivileges, identity)
      : 'had no effect: an emulator is executed in its place';
  const own = `the ${whatOf(privileged)} of ${privileged.path} ${problem ?? 'held, as under docker'}`;
  return { notes: [own, ...others], unfaithful: problem === null ? [] : [own] };
}

function whatOf({ capability }: PrivilegedFile): string {
  return capability === null ? 'setuid or setgid bit' : 'file capabilities';
}

/** Why it is not as under docker; null when it is. */
function problemOf(file: PrivilegedFile, gains: boolean, identity: Mode['identity']): string | null {
  if (file.isMounted && identity !== 'root') return 'had no effect: its owner is nobody in this container';
  if (!gains) return 'had no effect: only runc and crun can allow that';
  // An ordinary user can give no file away: all of them belong to root of the container.
  const { owner } = file;
  const isOthers = file.isSetId && owner !== null && (owner.uid !== 0 || owner.gid !== 0);
  return identity !== 'root' && isOthers
    ? `made it root, not ${owner.uid}:${owner.gid}: owners of files can be set by root only`
    : null;
}

function noteOfOthers(files: readonly PrivilegedFile[], gains: boolean): readonly string[] {
  if (files.length === 0) return [];
  const named = files.slice(0, NAMED_LIMIT).map(({ path }) => path);
  const more = files.length > NAMED_LIMIT ? ` and ${files.length - NAMED_LIMIT} more` : '';
  const effect = gains ? 'hold, as under docker' : 'have no effect';
  return [`setuid bits and capabilities of other files ${effect}: ${named.join(', ')}${more}`];
}
