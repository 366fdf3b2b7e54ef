import { SANDBOXES, type SandboxName } from '../../src/core/choices.ts';
import { hasTool, toolPath } from '../reference-tools.ts';
import { testUsers } from '../contract/sandbox-users.ts';

/** As whom, in what: every pair that this machine can be asked for. */
export interface Ground {
  readonly sandbox: SandboxName;
  readonly user: string;
  /** undefined: as this very user. */
  readonly uid: number | undefined;
}

export function hostileGrounds(): readonly Ground[] {
  const names = SANDBOXES.filter((name) => hasTool(name));
  return names.flatMap((sandbox) =>
    testUsers()
      .filter(({ label }) => canRunAs(sandbox, label))
      .map(({ label, name, uid }) => ({ sandbox, user: label, uid: name === null ? undefined : uid })),
  );
}

/** runc and crun need root or subordinate ids. */
function canRunAs(sandbox: SandboxName, label: string): boolean {
  if (label === 'root' || sandbox === 'bwrap' || sandbox === 'unshare') return true;
  return label === 'a user with subordinate ids' && toolPath('newuidmap') !== undefined;
}
