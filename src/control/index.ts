export type { Candidates, NamedPath, PackedPath, PartialDirectory } from './candidates.ts';
export { type Comparison, compareOutcomes, type Difference, endOf } from './difference.ts';
export { findFailureWords, isUsage } from './failure-words.ts';
export type { Outcome } from './outcome.ts';
export type { Owner } from './owner.ts';
export type { SourceRoot } from './source-root.ts';
