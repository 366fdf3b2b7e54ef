export { candidateEntries } from './candidate-entries.ts';
export type { Candidates, NamedPath, PackedPath, PartialDirectory } from './candidates.ts';
export { type Comparison, compareOutcomes, type Difference, endOf } from './difference.ts';
export { findCandidates, type FindCandidatesOptions } from './find-candidates.ts';
export { findsTheSame } from './finds-the-same.ts';
export { findFailureWords, findNewFailure, isOfLinkage, isUsage } from './failure-words.ts';
export { KEPT_BYTES, type Outcome } from './outcome.ts';
export { machineRoot, type MachineRootOptions } from './machine-root.ts';
export {
  REDUCE_LIMITS,
  reduceCandidates,
  type ReduceLimits,
  type ReduceOptions,
  type ReduceProgress,
  type Reduction,
} from './reduce-candidates.ts';
export type { SourceUser } from './machine-users.ts';
export type { Owner } from './owner.ts';
export type { PlannedDirectory } from './root-plan.ts';
export type { SourceRoot } from './source-root.ts';
export { treeRoot, type TreeRootOptions } from './tree-root.ts';
export { surroundingsOf } from './surroundings.ts';
