export { explainTarget, type ExplainTargetOptions } from './explain-target.ts';
export { inspect, type InspectOptions } from './inspect.ts';
export { ldd, type LddOptions, type LddResult } from './ldd.ts';
export type { FileReport, TreeElfFile, TreeReport } from './report.ts';
