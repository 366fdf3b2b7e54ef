export type { Observation, PathUse } from './observation.ts';
export { readTrace, type ReadTraceOptions } from './read-trace.ts';
export type { TraceLimits } from './trace-limits.ts';
