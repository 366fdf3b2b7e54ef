/**
 * morsel as a library: everything that the command line does, typed, silent, and cancellable. Nothing here prints;
 * progress comes as events (`onEvent`), expected failures as `MorselError`.
 */
export {
  build,
  type BuildOptions,
  type BuildResult,
  loadIntoEngine,
  type LoadedImage,
  type Configuration,
  planBuild,
  readConfigurationFile,
  type RungPlan,
} from './build/index.ts';
export { compare, type CompareOptions, type Comparison, type ComparisonRow } from './compare/index.ts';
export { type ErrorCode, MorselError } from './core/errors.ts';
export type { EventSink, MorselEvent } from './core/events.ts';
export { EXIT, EXIT_CODE } from './core/exit-codes.ts';
export { diagnose, type DoctorReport } from './doctor/index.ts';
export type { Cause, Explanation } from './explain/index.ts';
export {
  explainTarget as explain,
  type ExplainTargetOptions as ExplainOptions,
  type FileReport,
  inspect,
  ldd,
  type LddOptions,
  type LddResult,
  type TreeReport,
} from './inspect/index.ts';
export { formatLdd, type LddReport, type NeededNode, neededTree } from './loader/index.ts';
export {
  prove,
  type ProveOptions,
  runImage,
  type RunImageOptions,
  type RunImageResult,
} from './run/index.ts';
