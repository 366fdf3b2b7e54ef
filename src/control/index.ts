export type { Candidates, NamedPath, PackedPath, PartialDirectory } from './candidates.ts';
export type { Owner } from './owner.ts';
export type { SourceRoot } from './source-root.ts';
