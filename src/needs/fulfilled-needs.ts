import type { FileTree } from '../rootfs/file-tree.ts';
import { NEED_FAMILIES, type NeedKey } from './families/index.ts';
import type { Need } from './need.ts';
import type { NeedFamily } from './need-family.ts';
import { firstFile } from './places.ts';

/** The needs that the files of a tree fulfil, whatever the program. */
export function fulfilledNeeds(tree: FileTree): readonly NeedKey[] {
  return NEED_FAMILIES.filter((family) => isFulfilled(family, tree)).map(({ need }) => need);
}

function isFulfilled({ places, fulfilledBy }: NeedFamily, tree: FileTree): boolean {
  if (fulfilledBy !== undefined) return fulfilledBy(tree);
  return places !== undefined && firstFile(tree, places({})) !== null;
}

/** Needs of a program, certain or likely, that a tree which fulfils these lacks. */
export function lackingNeeds(needs: readonly Need[], fulfilled: readonly NeedKey[]): readonly Need[] {
  return needs.filter(
    ({ need, level }) => level !== 'possible' && JUDGED.has(need) && !fulfilled.includes(need),
  );
}

/** Those that a tree may or may not fulfil; the others are the program's or the runtime's matter. */
const JUDGED: ReadonlySet<NeedKey> = new Set(
  NEED_FAMILIES.filter(
    ({ places, fulfilledBy }: NeedFamily) => places !== undefined || fulfilledBy !== undefined,
  ).map(({ need }) => need),
);

/** Whether one of these paths is a place of the need's files. */
export function isFulfilledByPaths(need: NeedKey, paths: readonly string[]): boolean {
  const family: NeedFamily | undefined = NEED_FAMILIES.find((one) => one.need === need);
  return (family?.places?.({}) ?? []).some((place) => paths.includes(place));
}
