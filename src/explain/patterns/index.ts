import type { ErrorPattern } from '../cause-row.ts';
import { exitCodePatterns } from './exit-codes.ts';
import { kubernetesPatterns } from './kubernetes.ts';
import { loaderPatterns } from './loaders.ts';
import { ociRuntimePatterns } from './oci-runtimes.ts';
import { programPatterns } from './programs.ts';

/**
 * Groups, exact texts first: a text that a group recognises is not offered to the vaguer groups after it, so that
 * runc's message within a `CrashLoopBackOff` event decides.
 */
export const PATTERN_GROUPS: readonly (readonly ErrorPattern[])[] = [
  [...loaderPatterns, ...ociRuntimePatterns],
  programPatterns,
  kubernetesPatterns.slice(0, 3),
  exitCodePatterns,
  kubernetesPatterns.slice(3),
];
