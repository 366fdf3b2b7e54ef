import type { LibrarySandbox } from '../../libraries/index.ts';
import { findBwrap } from '../../toolchain/index.ts';

/** What `--sandbox-build` keeps libraries' builds in. Error: SANDBOX_MISSING. */
export async function librarySandbox(signal: AbortSignal | undefined): Promise<LibrarySandbox> {
  const bwrap = await findBwrap(signal);
  const { ownSeccompFilter } = await import('../../sandbox/index.ts');
  return { bwrap, seccomp: ownSeccompFilter() };
}
