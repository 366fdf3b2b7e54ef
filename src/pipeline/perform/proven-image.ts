import type { Candidates } from '../../control/index.ts';
import type { WrittenImage } from '../../places/index.ts';
import type { RootProof } from '../../proof/index.ts';
import type { ImagePlan } from '../plan/image-plan.ts';

/** An image on disk, in the staging folder, with its proof. */
export interface ProvenImage extends RootProof {
  readonly written: WrittenImage;
  readonly assembleMs: number;
  readonly proveMs: number;
}

/** A plan whose image was written and proven, and what came to light with it. */
export interface PlannedAndProven extends ProvenImage {
  readonly plan: ImagePlan;
  /** What the program used on this machine and is not packed by itself, where that was looked at. */
  readonly named: Candidates['named'];
  /** What was given up for size in the image, beside what the program's own build gave up. */
  readonly trades: readonly string[];
}
