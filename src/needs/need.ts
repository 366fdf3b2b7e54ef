import type { LayerEntry } from '../rootfs/layer-entry.ts';

/** How sure a need is: hazards.md section 7.3. */
export type NeedLevel = 'certain' | 'likely' | 'possible';

/** Something a program wants at run time beside its libraries, with the evidence found in its bytes. */
export interface Need {
  /** Stable kebab-case name: `ca-certificates`, `time-zones`, `users`, `tmp`, `libgcc_s`, `shell`. */
  readonly need: string;
  /** How sure it is. */
  readonly level: NeedLevel;
  /** What was found and in which object: `imports getpwnam (/usr/bin/id)`. */
  readonly evidence: string;
  /** What happens without it. */
  readonly failure: string;
  /** What to do, as a command or a file where there is one. */
  readonly fix: string;
  /** What the fix adds to an image, where that is known. */
  readonly sizeBytes?: number;
  /** Values read from the bytes or the request, for whoever acts on the need: `{ openssldir: '/usr/lib/ssl' }`. */
  readonly details?: Readonly<Record<string, string>>;
}

/** What a need becomes in an image: files with their reasons, environment, and libraries to load beside the closure. */
export interface NeedSupply {
  readonly entries: readonly LayerEntry[];
  readonly env: Readonly<Record<string, string>>;
  /** Sonames to add to a dynamic program's closure, found by the same loader search as the others. */
  readonly libraries: readonly { readonly name: string; readonly reason: string }[];
  /** Needs that could not be supplied, or only by the user's decision: what and what to do. */
  readonly findings: readonly UnmetNeed[];
}

export interface UnmetNeed {
  readonly need: string;
  readonly message: string;
  readonly hint: string;
}
