export type { Need, NeedFinding, NeedLevel, NeedSupply } from './need.ts';
export type { NeedSubject } from './evidence.ts';
export { findNeeds, type FindNeedsRequest } from './find-needs.ts';
export { supplyNeeds, type SupplyRequest } from './supply-needs.ts';
export type { Base, BaseLibrary, JudgeRequest, Verdict } from './verdict.ts';
export { KNOWN_BASES } from './bases/index.ts';
export { describeBase } from './describe-base.ts';
export { judgeBases } from './judge-bases.ts';
