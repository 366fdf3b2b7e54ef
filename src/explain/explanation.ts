import type { ImageConfig } from '../oci/config.ts';
import type { FileTree } from '../rootfs/file-tree.ts';

/** The image that does not start. */
export interface ExplainTarget {
  readonly tree: FileTree;
  /** null for a bare directory: then `command` says what would be started. */
  readonly config: ImageConfig | null;
  /** What is started instead of the config's Entrypoint and Cmd (`docker run IMAGE command…`). */
  readonly command?: readonly string[];
}

export interface ExplainRequest {
  /** What docker, podman, Kubernetes, ld.so or the program printed; `exit code 127` and `CrashLoopBackOff` are texts too. */
  readonly errorText?: string;
  readonly target?: ExplainTarget;
}

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
    readonly cause: string;
    /** What in the target speaks against it. */
    readonly because: string;
  }[];
}

export interface Cause {
  /** Stable kebab-case name: `missing-interpreter`, `wrong-architecture`, `missing-library`. */
  readonly cause: string;
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
