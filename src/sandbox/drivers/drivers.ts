import type { SandboxName } from '../../core/choices.ts';
import type { Driver } from '../container/container-plan.ts';
import { BWRAP_DRIVER } from './bwrap.ts';
import { CRUN_DRIVER, RUNC_DRIVER } from './oci.ts';
import { UNSHARE_DRIVER } from './unshare.ts';

/** A name of `core/choices.ts` without its driver does not compile. */
export const DRIVERS: { readonly [Name in SandboxName]: Driver<Name> } = {
  runc: RUNC_DRIVER,
  crun: CRUN_DRIVER,
  bwrap: BWRAP_DRIVER,
  unshare: UNSHARE_DRIVER,
};
