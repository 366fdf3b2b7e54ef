import { isAtOrBelow } from '../core/is-below.ts';
import { NEED_FAMILIES, type NeedKey } from './families/index.ts';
import type { NeedFamily } from './need-family.ts';

const FAMILIES: readonly NeedFamily<NeedKey>[] = NEED_FAMILIES;

/** All that `--without` takes. */
export const NEED_NAMES: readonly NeedKey[] = FAMILIES.map(({ need }) => need);

/** What `--with` takes: of whose files it is known what they cost, whatever the program. */
export const SUPPLIED_NEEDS: readonly NeedKey[] = FAMILIES.filter(
  ({ supply, sizeBytes }) => supply !== undefined && sizeBytes !== undefined,
).map(({ need }) => need);

/** Whether a path of an image is of this need alone. */
export function isOfNeed(need: NeedKey, path: string): boolean {
  const { paths = [] } = FAMILIES.find((family) => family.need === need) ?? {};
  return paths.some((own) => (typeof own === 'string' ? isAtOrBelow(path, own) : own.test(path)));
}
