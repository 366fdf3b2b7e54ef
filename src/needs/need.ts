import type { LayerEntry } from '../rootfs/layer-entry.ts';

/** How sure a need is: hazards.md section 7.3. */
export type NeedLevel = 'certain' | 'likely' | 'possible';

/** Something a program wants at run time beside its libraries, with the evidence found in its bytes. */
export interface Need {
  /** Stable kebab-case name: `ca-certificates`, `time-zones`, `users`, `tmp`, `libgcc_s`, `shell`. */
  readonly need: string;
  readonly level: NeedLevel;
  /** What was found and in which object: `imports getpwnam (/usr/bin/id)`. */
  readonly evidence: string;
  /** What happens without it. */
  readonly failure: string;
  /** What to do, as a command or a file where there is one. */
  readonly fix: string;
}

/** What a need becomes in an image: files with their reasons, and environment. */
export interface NeedSupply {
  readonly entries: readonly LayerEntry[];
  readonly env: Readonly<Record<string, string>>;
}
