export type { Observation, PathUse } from './observation.ts';
