import type { Finding } from '../../core/finding.ts';
import { fulfilledNeeds, type HintedPath, type NeedKey } from '../../needs/index.ts';
import { entriesTree, type LayerEntry } from '../../rootfs/index.ts';
import { hintFinding } from './hint-finding.ts';
import type { ImagePlan } from './image-plan.ts';

/** What a program's bytes tell that it may want, and its image lacks: what is said of it holds until the files come. */
export interface Lacking {
  readonly needs: readonly { readonly need: NeedKey; readonly finding: Finding }[];
  readonly hints: readonly HintedPath[];
  /** By which the program's own file is known. */
  readonly names: readonly string[];
  /** What `--without` leaves out, though the program shows that it wants it: `possible` ones too. */
  readonly leftOut: readonly NeedKey[];
}

/** The plan with these entries instead, and without what is then no longer missing. */
export function withEntries(plan: ImagePlan, entries: readonly LayerEntry[]): ImagePlan {
  const { needs, hints, names } = plan.lacking;
  const before = fulfilledNeeds(entriesTree(plan.entries));
  const now = fulfilledNeeds(entriesTree(entries)).filter((need) => !before.includes(need));
  const hinted = (all: readonly LayerEntry[]): Finding | null =>
    hintFinding(
      hints,
      names,
      all.map(({ path }) => path),
    );
  const [old, hint] = [hinted(plan.entries), hinted(entries)];
  const gone = new Set([
    ...needs.filter(({ need }) => now.includes(need)).map(({ finding }) => finding.message),
    ...(old === null ? [] : [old.message]),
  ]);
  const findings = plan.findings.filter(({ message }) => !gone.has(message));
  return { ...plan, entries, findings: hint === null ? findings : [...findings, hint] };
}
