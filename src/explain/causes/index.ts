import type { CauseRow } from '../cause-row.ts';
import { architectureCauses } from './architecture.ts';
import { identityCauses } from './identity.ts';
import { libraryCauses } from './libraries.ts';
import { runtimeFileCauses } from './runtime-files.ts';
import { signalCauses } from './signals.ts';
import { startCauses } from './start.ts';

/** In the order in which a start meets them: predictions are given in this order. */
export const CAUSES: readonly CauseRow[] = [
  ...startCauses.filter(({ cause }) => cause !== 'working-directory'),
  ...identityCauses,
  ...architectureCauses,
  ...libraryCauses,
  ...startCauses.filter(({ cause }) => cause === 'working-directory'),
  ...runtimeFileCauses,
  ...signalCauses,
];
