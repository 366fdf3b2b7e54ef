export type { Cause, Explanation, ExplainRequest, ExplainTarget } from './explanation.ts';
export { explain } from './explain.ts';
export { explainTarget, type ExplainTargetOptions } from './explain-target.ts';
