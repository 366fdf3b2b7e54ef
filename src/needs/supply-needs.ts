import { compareBytes } from '../core/compare-bytes.ts';
import type { FileTree } from '../rootfs/file-tree.ts';
import type { LayerEntry } from '../rootfs/layer-entry.ts';
import { NEED_FAMILIES, type NeedKey } from './families/index.ts';
import type { Need, UnmetNeed, NeedSupply } from './need.ts';
import type { NeedFamily } from './need-family.ts';
import type { SuppliedPart, SupplyContext } from './supply.ts';

export interface SupplyRequest {
  readonly host: FileTree;
  readonly env?: Readonly<Record<string, string>>;
  /** 65532:65532 unless said. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The program has a loader: extra libraries can be added to its closure. */
  readonly dynamic: boolean;
  /** Beside the public ones, each as PEM. */
  readonly authorities?: readonly string[];
}

/**
 * What an image gets without being asked: files whose need is `certain` or `likely`, each with its reason, in the
 * order of their paths. The same needs and host give the same entries. A hello world gets nothing.
 */
export function supplyNeeds(needs: readonly Need[], request: SupplyRequest): NeedSupply {
  const context: SupplyContext = {
    host: request.host,
    env: request.env ?? {},
    user: request.user ?? { uid: 65532, gid: 65532 },
    dynamic: request.dynamic,
    authorities: request.authorities ?? [],
  };
  const parts = needs
    .filter(({ level }) => level !== 'possible')
    .map((need) => ({ need, part: supplyOne(need, context) }));
  return {
    entries: uniqueByPath(parts.flatMap(({ part }) => part.entries ?? [])),
    env: Object.assign({}, ...parts.map(({ part }) => part.env ?? {})) as Readonly<Record<string, string>>,
    libraries: parts.flatMap(({ part }) => part.libraries ?? []),
    findings: parts.flatMap(({ need: { need }, part }): readonly UnmetNeed[] =>
      part.problem === undefined ? [] : [{ need, ...part.problem }],
    ),
  };
}

const FAMILIES: ReadonlyMap<NeedKey, NeedFamily> = new Map(
  NEED_FAMILIES.map((family) => [family.need, family]),
);

function supplyOne(need: Need, context: SupplyContext): SuppliedPart {
  const { supply, forTheUser } = FAMILIES.get(need.need) ?? {};
  const part = supply?.(need, context) ?? null;
  if (part !== null) return part;
  return forTheUser === true
    ? { problem: { message: `${need.evidence}: ${need.failure}`, hint: need.fix } }
    : {};
}

function uniqueByPath(list: readonly LayerEntry[]): readonly LayerEntry[] {
  const byPath = new Map<string, LayerEntry>();
  for (const entry of list) if (!byPath.has(entry.path)) byPath.set(entry.path, entry);
  return [...byPath.values()].sort((a, b) => compareBytes(a.path, b.path));
}
