export type { Need, NeedFinding, NeedLevel, NeedSupply } from './need.ts';
export type { NeedSubject } from './evidence.ts';
export { findNeeds, type FindNeedsRequest } from './find-needs.ts';
export { supplyNeeds, type SupplyRequest } from './supply-needs.ts';
