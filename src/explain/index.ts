export type { Cause, Explanation } from './explanation.ts';
export type { ExplainRequest, ExplainTarget } from './explain-request.ts';
export { explain } from './explain.ts';
export { explainTarget, type ExplainTargetOptions } from './explain-target.ts';
