export type { Rung, SizeProfile } from '../core/choices.ts';
export type {
  Artifact,
  CompilePlan,
  FinishStep,
  PlannedContent,
  PlannedFile,
  PlanOptions,
  PlanOutcome,
} from './plan.ts';
export type {
  BuildTools,
  Compiler,
  CTools,
  GoTools,
  RustToolchain,
  RustTools,
  Tool,
  Tools,
} from './find/tools.ts';
export { NO_TOOLS, toolArgv } from './find/tools.ts';
export type { FindToolsOptions, ToolGroup } from './find/find-tools.ts';
export { toolWithVersion } from './find/ask-tool.ts';
export { findTools } from './find/find-tools.ts';
export { type ArtifactVerdict, checkArtifact } from './run/check-artifact.ts';
export { cannotWrite, makeDirectory, withFreeWorkLock, withWorkLock } from './run/work-lock.ts';
export { writePlanned } from './run/planned-files.ts';
export { performCommand } from './run/perform-command.ts';
export { type CToolchain, processorOf, toolchainsFor, tripleFor } from './c/c-toolchain.ts';
export { cFlags } from './c/c-flags.ts';
export { compilerWrapper, forwardingWrapper, refusingWrapper } from './c/compiler-wrapper.ts';
export type { BuiltLibrary, LibrarySysroot } from './c/library-sysroot.ts';
export { type FailureWishes, wishesOfFailure } from './run/wishes-of-failure.ts';
export { listSources } from './run/list-sources.ts';
export {
  type CompiledProgram,
  type CompiledProject,
  configurePlan,
  runCompilePlan,
  type RunPlanOptions,
} from './run/run-plan.ts';
export { forgetBuild } from './run/prepare-work.ts';
export { openFolderSandbox } from './sandbox/folder-sandbox.ts';
export { type BuildSandbox, findBwrap, openBuildSandbox } from './sandbox/build-sandbox.ts';
export { type FoundPackages, lostPackages, readFoundPackages } from './c/found-packages.ts';
export { featuresHere } from './c/libraries/lacked-features.ts';
export { rustTarget } from './rust/rust-target.ts';
export type { CompleteProjectOptions } from './language.ts';
export { completeProject, planRung } from './languages.ts';
export { type FreestandingCompiler, freestandingCompilers } from './c/freestanding-compilers.ts';
