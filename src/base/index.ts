export { openBase, type BaseImage, type OpenBaseOptions } from './open-base.ts';
export { openBaseTree, type BaseTree } from './open-base-tree.ts';
export type { Base, BaseLibrary } from './known/base.ts';
export { describeBase } from './known/describe-base.ts';
export { KNOWN_BASES } from './known/known-bases.ts';
export { judgeBases } from './verdict/judge-bases.ts';
export { judgeTree, type JudgeTreeRequest } from './verdict/judge-tree.ts';
export type { JudgeRequest, Verdict } from './verdict/verdict.ts';
