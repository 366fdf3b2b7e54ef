import { NEED_FAMILIES, type NeedKey } from '../../needs/index.ts';
import { architectureCauses } from './architecture.ts';
import { fileCauses } from './files.ts';
import { formatCauses } from './formats.ts';
import { identityCauses } from './identity.ts';
import { lackCauses } from './lacks.ts';
import { libraryCauses } from './libraries.ts';
import { signalCauses } from './signals.ts';
import { startCauses } from './start.ts';
import { workingDirectoryCauses } from './working-directory.ts';

/** In the order in which a start meets them: predictions are given in this order. */
export const CAUSES = [
  ...startCauses,
  ...formatCauses,
  ...identityCauses,
  ...architectureCauses,
  ...libraryCauses,
  ...workingDirectoryCauses,
  ...fileCauses,
  ...lackCauses,
  ...signalCauses,
];

/** The name of a cause. More may come. */
export type CauseName = (typeof CAUSES)[number]['cause'];

/** What an image has that does not fulfil a need; null for a need of which no cause is known. */
export function causeOfLack(key: NeedKey): CauseName | null {
  return LACKS.get(key) ?? null;
}

const LACKS: ReadonlyMap<NeedKey, CauseName | undefined> = new Map(
  NEED_FAMILIES.map(({ need, lackIs, causes }): readonly [NeedKey, CauseName | undefined] => [
    need,
    lackIs ?? causes?.[0]?.cause,
  ]),
);
