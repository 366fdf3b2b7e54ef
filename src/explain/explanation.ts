import type { CauseName } from './causes/index.ts';

/** Causes in order: with a target those that its files confirm come first, then those that could not be checked. */
export interface Explanation {
  /** `decided`: the target's files show the first cause. `possible`: a list in order of likelihood. `none`: nothing found. */
  readonly certainty: 'decided' | 'possible' | 'none';
  /** One sentence for a heading. */
  readonly summary: string;
  /** The texts that were recognised: `docker: exec PATH: no such file or directory`. */
  readonly recognised: readonly string[];
  /** Confirmed ones first, then by likelihood. */
  readonly causes: readonly Cause[];
  /** Causes that the text allows and the target's files rule out, each with why. */
  readonly ruledOut: readonly {
    /** As in `causes`. */
    readonly cause: CauseName;
    /** What in the target speaks against it. */
    readonly because: string;
  }[];
}

export interface Cause {
  /** Stable kebab-case name: `missing-interpreter`, `wrong-architecture`, `missing-library`. */
  readonly cause: CauseName;
  /** The cause in one sentence. */
  readonly title: string;
  /** `confirmed` by the target's files, or `possible`. */
  readonly status: 'confirmed' | 'possible';
  /** What in the target or in the text says so; null with text alone. */
  readonly evidence: string | null;
  /** How to see for oneself: a command. */
  readonly check: string;
  /** Commands or steps, best first. */
  readonly fixes: readonly string[];
}
