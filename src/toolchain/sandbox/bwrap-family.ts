import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { deathSignalPrefix, type ProcessFamily } from '../../core/process-family.ts';
import { kindOfPath } from '../../core/protected-proc.ts';
import { bwrapArguments, type BwrapHost } from './bwrap-arguments.ts';
import type { SandboxPlaces } from './sandbox-places.ts';

/** The words before a command that keep it and all that it starts to these places; `filter`: a file of seccomp's. */
export function bwrapFamily(
  bwrap: string,
  places: SandboxPlaces,
  cwd: string,
  filter: string | null,
): ProcessFamily {
  // --die-with-parent is about bwrap's own child.
  const words = [...bwrapArguments(places, cwd, bwrapHost), ...(filter === null ? [] : ['--seccomp', '3'])];
  const prefix = [...deathSignalPrefix(), bwrap, ...words, '--'];
  return { kind: 'namespace', prefix, input: filter ?? undefined };
}

export const bwrapHost: BwrapHost = {
  linkTarget(path) {
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    return isLink ? readlinkSync(path) : null;
  },
  kindOf: kindOfPath,
};

export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
