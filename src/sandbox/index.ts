export type { SandboxName } from '../core/choices.ts';
export { chooseSandbox, trySandboxes } from './choose-sandbox.ts';
export type { ChooseSandboxOptions, TrySandboxesOptions } from './choose-sandbox.ts';
export { containerFiles } from './container/container-files.ts';
export { findTracer } from './find-tracer.ts';
export { foreignProgram } from './prepare/emulator.ts';
export type { ForeignProgram } from './prepare/emulator.ts';
export { ownSeccompFilter } from './own-seccomp-filter.ts';
export type { ListeningHandle, ListenPlace } from './listen-inside.ts';
export type {
  Authority,
  BindMount,
  LeftRoot,
  ProbeRequest,
  ProbeResult,
  RunningContainer,
  RunRequest,
  RunResult,
  Sandbox,
  SandboxTrial,
  TracedRun,
  Volume,
} from './sandbox.ts';
export { type ListeningSocket, socketName } from './readiness/listening-socket.ts';
export { type Readiness, waitUntilReady } from './readiness/wait-until-ready.ts';
export type { StartFailure } from './start-failure.ts';
