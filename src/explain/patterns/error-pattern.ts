import type { FailureText } from '../../needs/lack.ts';
import type { CauseName } from '../causes/index.ts';

/** A text that docker, a loader or a program prints. */
export type ErrorPattern = FailureText<CauseName>;
