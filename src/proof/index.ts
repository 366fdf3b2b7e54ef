export type { Check, CommandCheck, ServerCheck, ServerRequest } from './check.ts';
export { explainFailedStart, type FailedStart } from './explain-failure.ts';
export { findLoaderError } from './loader-error.ts';
export { parseChecks } from './parse-checks.ts';
export type { CheckResult, Proof, ProofFinding } from './proof.ts';
export { proveImage, type ProveImageOptions } from './prove-image.ts';
export { lackFinding, proveRoot, type ProveRootOptions, skippedProof } from './prove-root.ts';
export { receipt, type Receipt, type ReceiptCheck } from './receipt.ts';
export { type RuntimeConfiguration, runtimeConfiguration } from './runtime-configuration.ts';
