export type { Candidates, NamedPath, PackedPath, PartialDirectory } from './candidates.ts';
export { machineRoot, type MachineRootOptions } from './machine-root.ts';
export type { SourceUser } from './machine-users.ts';
export type { Owner } from './owner.ts';
export type { PlannedDirectory } from './root-plan.ts';
export type { SourceRoot } from './source-root.ts';
export { treeRoot, type TreeRootOptions } from './tree-root.ts';
