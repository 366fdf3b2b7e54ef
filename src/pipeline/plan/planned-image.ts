import type { FoundNeed, ImageFile, ImageProgram } from '../../evidence/index.ts';
import type { Need } from '../../needs/index.ts';
import type { RuntimeConfig } from '../../oci/config.ts';
import { formatPlatform } from '../../oci/index.ts';
import type { LayerEntry } from '../../rootfs/layer-entry.ts';
import type { Finding } from '../../core/finding.ts';
import type { ImagePlan } from './image-plan.ts';

/** An image plan as users read it: `build --plan` prints these. Sizes are bytes. */
export interface PlannedImage {
  /** `scratch`, `bare`, or the name of the base. */
  readonly placement: string;
  /** `linux/amd64` */
  readonly platform: string;
  /** What is in the image's own layer, and why. */
  readonly files: readonly ImageFile[];
  /** The `config` object of the image configuration. */
  readonly config: RuntimeConfig;
  /** Of the manifest. */
  readonly annotations: Readonly<Record<string, string>>;
  /** What the program wants at run time, supplied or not. */
  readonly needs: readonly FoundNeed[];
  /** What is worth knowing. */
  readonly findings: readonly Finding[];
}

export function plannedImage(plan: ImagePlan): PlannedImage {
  return {
    placement: plan.placement,
    platform: formatPlatform(plan.platform),
    files: imageFiles(plan.entries),
    config: plan.config,
    annotations: plan.annotations,
    needs: foundNeeds(plan.needs),
    findings: plan.findings,
  };
}

export function foundNeeds(needs: readonly Need[]): readonly FoundNeed[] {
  return needs.map(({ need, level, evidence, fix }) => ({ need, level, evidence, fix }));
}

export function imagePrograms(programs: ImagePlan['programs']): readonly ImageProgram[] {
  return programs.map(({ path, facts: { link, libc } }) => ({ path, link, libc }));
}

export function imageFiles(entries: readonly LayerEntry[]): readonly ImageFile[] {
  return entries.map((entry) => ({
    path: entry.path,
    kind: entry.kind,
    sizeBytes: entry.kind === 'file' ? entry.sizeBytes : 0,
    reason: entry.reason,
  }));
}
