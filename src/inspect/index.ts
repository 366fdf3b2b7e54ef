export { inspect, type InspectOptions } from './inspect.ts';
export type { FileReport, TreeElfFile, TreeReport } from './report.ts';
