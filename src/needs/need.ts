import type { LayerEntry } from '../rootfs/layer-entry.ts';
import type { NeedKey } from './families/index.ts';
import type { NeedDetails } from './places.ts';
import type { NeedLevel } from './signature.ts';
import type { SuppliedLibrary } from './supply.ts';
import type { WantedLibrary } from './wanted-library.ts';

/** Something a program wants at run time beside its libraries, with the evidence found in its bytes. */
export interface Need {
  /** Stable name, of a file in `families/`. */
  readonly need: NeedKey;
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
  /** The user asks for it: it is supplied, whatever the bytes say. */
  readonly isAsked?: true;
  /** For whoever acts on the need. */
  readonly details?: NeedDetails;
  /** Libraries that the program opens by itself. */
  readonly libraries?: readonly WantedLibrary[];
}

/** What a need becomes in an image: files with their reasons, environment, and libraries to load beside the closure. */
export interface NeedSupply {
  readonly entries: readonly LayerEntry[];
  readonly env: Readonly<Record<string, string>>;
  /** Sonames to add to a dynamic program's closure, found by the same loader search as the others. */
  readonly libraries: readonly SuppliedLibrary[];
  /** Needs that could not be supplied, or only by the user's decision: what and what to do. */
  readonly findings: readonly UnmetNeed[];
}

export interface UnmetNeed {
  readonly need: NeedKey;
  readonly message: string;
  readonly hint: string;
}
