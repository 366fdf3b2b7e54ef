export type {
  Closure,
  ClosureEdge,
  ClosureFile,
  ClosureInterpreter,
  ClosureLibrary,
  ClosureRequest,
  ExtraLibrary,
  FoundBy,
  HwcapsVariant,
  LeftOutLibrary,
  LoaderKind,
  LoadFailure,
  MinimumGlibc,
  MissingLibrary,
  NotPreloaded,
  VersionProblem,
} from './closure.ts';
export { type LinkFacts } from './link-facts.ts';
export { baselineCpu, type Cpu, hostCpu } from './cpu.ts';
export { driverLibraries, isDriverLibrary } from './driver-libraries.ts';
export { addLibrary, findClosure } from './find-closure.ts';
export { type LoaderSession, loaderSession } from './session.ts';
export {
  formatLdd,
  lddLines,
  type LddLine,
  type LddLibrary,
  type LddReport,
  type LddText,
  lddReport,
  type NeededNode,
  neededTree,
} from './ldd-report.ts';
export { closureEntries, type ClosureEntriesOptions } from './closure-entries.ts';
export { loaderEnvironment } from './loader-environment.ts';
export { type StartedFile, startsSecure } from './secure-mode.ts';
export { muslVersion } from './musl-version.ts';
export { appliesRelr, type LibcRelease } from './relr.ts';
export { isStaticWithInterpreter } from './static-with-interpreter.ts';
export { ldd, type LddOptions, type LddResult } from './ldd.ts';
