import { NEED_FAMILIES } from '../../needs/index.ts';
import type { ErrorPattern } from './error-pattern.ts';
import { exitCodePatterns } from './exit-codes.ts';
import { fileTexts, startedByPatterns } from './files.ts';
import { kubernetesReasonPatterns, kubernetesStatePatterns } from './kubernetes.ts';
import { loaderPatterns } from './loaders.ts';
import { ociRuntimePatterns } from './oci-runtimes.ts';
import { refusalPatterns } from './refusals.ts';

/** What is printed where something is missing at run time: each family of needs knows its own words. */
const needTexts: readonly ErrorPattern[] = NEED_FAMILIES.flatMap(
  ({ texts = [] }): readonly ErrorPattern[] => texts,
);

/**
 * Groups, exact texts first: a text that a group recognises is not offered to the vaguer groups after it, so that
 * runc's message within a `CrashLoopBackOff` event decides.
 */
export const PATTERN_GROUPS: readonly (readonly ErrorPattern[])[] = [
  [...loaderPatterns, ...needTexts.filter(({ by }) => by === 'libc'), ...ociRuntimePatterns],
  startedByPatterns,
  [...needTexts.filter(({ by }) => by !== 'libc'), ...refusalPatterns],
  ...fileTexts.map((text) => [text]),
  kubernetesReasonPatterns,
  exitCodePatterns,
  kubernetesStatePatterns,
];
