export { imageOfProgram, type RungImage, type RungProgram } from './attempt-rung.ts';
export { build, planBuild, type RungPlan } from './build.ts';
export type { BuildOptions } from './build-options.ts';
export { type BuildRequest, DEFAULT_USER } from './build-request.ts';
export type { BuildResult, Finding, ImageFile, ProofSummary, RejectedRung, Timings } from './build-result.ts';
export { compileProgram, programOfBinary, rungsOf, toolsFor } from './climb-ladder.ts';
export {
  type Configuration,
  parseConfiguration,
  readConfiguration,
  readConfigurationFile,
} from './configuration.ts';
export { type LoadedImage, loadIntoEngine } from './engine.ts';
export type { Placement } from './plan-root.ts';
export { requestOf } from './request-of.ts';
export { createStaging, type Staging } from './staging.ts';
