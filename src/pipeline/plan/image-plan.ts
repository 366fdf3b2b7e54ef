import type { Companion } from '../../companions/index.ts';
import type { ElfFacts } from '../../elf/index.ts';
import type { Need } from '../../needs/index.ts';
import type { RuntimeConfig } from '../../oci/config.ts';
import type { Platform } from '../../oci/descriptor.ts';
import type { LayerSource } from '../../places/write-request.ts';
import type { LayerEntry } from '../../rootfs/layer-entry.ts';
import type { Rung } from '../../core/choices.ts';
import type { Finding } from '../../core/finding.ts';
import type { Lacking } from './lacking.ts';

/** A program, and what starts it in the image. */
export interface PlacedProgram {
  /** Its file on this machine. */
  readonly source: string;
  /** In the image: the file, or a link to it. */
  readonly path: string;
  readonly facts: Pick<ElfFacts, 'link' | 'libc'>;
}

/** An image that is decided and not yet written: data, to be printed, compared, or written. */
export interface ImagePlan {
  readonly rung: Rung;
  /** `scratch`, `bare`, or the name of the base. */
  readonly placement: string;
  readonly platform: Platform;
  /** The first is what the image starts. */
  readonly programs: readonly [PlacedProgram, ...PlacedProgram[]];
  /** Where the libraries of the programs are on this machine. */
  readonly libraryFiles: readonly string[];
  /** Small programs of morsel's own that are in it. */
  readonly companions: readonly Companion[];
  /** Layers of the base, lowest first; taken over as they are. */
  readonly below: readonly LayerSource[];
  /** The one layer that is ours; each entry with its reason. */
  readonly entries: readonly LayerEntry[];
  readonly config: RuntimeConfig;
  readonly annotations: Readonly<Record<string, string>>;
  /** What the program wants at run time, with the evidence; supplied or not. */
  readonly needs: readonly Need[];
  /** Of these and of the findings, what files that come into the image later take away. */
  readonly lacking: Lacking;
  readonly findings: readonly Finding[];
}
