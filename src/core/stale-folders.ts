import { lstatSync, opendirSync } from 'node:fs';
import { join } from 'node:path';
import { formatOwner, parseOwner, stateOf, thisOwner } from './process-owner.ts';
import { removeTree } from './remove-tree.ts';

/** Names of a folder that are looked at: a start must not take long because of a crowded /tmp. */
const NAMES_LIMIT = 20_000;
const NAMES_AT_ONCE = 256;
/**
 * A folder of another container or boot may be in use although nobody can be asked: it is left alone for as long as
 * systemd-tmpfiles leaves /var/tmp alone.
 */
const FOREIGN_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** `PREFIX-MACHINE-PID-STARTTIME-`, to which mkdtemp(3) adds six letters. */
export function ownedName(prefix: string): string {
  return `${prefix}-${formatOwner(thisOwner())}-`;
}

/**
 * Removes what processes of this user that were killed have left in a folder: directories with an `ownedName` whose
 * process is gone. Nothing of this is worth an error.
 */
export function removeStaleFolders(directory: string, isPrefix: (prefix: string) => boolean): void {
  for (const name of staleNames(directory, isPrefix)) {
    try {
      removeTree(join(directory, name));
    } catch {
      // The next start tries again.
    }
  }
}

function staleNames(directory: string, isPrefix: (prefix: string) => boolean): readonly string[] {
  const stale: string[] = [];
  try {
    const names = opendirSync(directory, { bufferSize: NAMES_AT_ONCE });
    try {
      for (let count = 0; count < NAMES_LIMIT; count += 1) {
        const entry = names.readSync();
        if (entry === null) break;
        if (isStale(directory, entry.name, isPrefix)) stale.push(entry.name);
      }
    } finally {
      names.closeSync();
    }
  } catch {
    // A folder may be written to and not listed.
  }
  return stale;
}

function isStale(directory: string, name: string, isPrefix: (prefix: string) => boolean): boolean {
  const [, prefix = '', text = ''] = /^(.+)-([0-9a-f]+-\d+-\d+)-[A-Za-z0-9]{6}$/.exec(name) ?? [];
  const owner = parseOwner(text);
  if (owner === null || !isPrefix(prefix)) return false;
  const stat = lstatSync(join(directory, name), { throwIfNoEntry: false });
  // /tmp belongs to all: somebody else's folder may have any name.
  if (stat?.isDirectory() !== true || stat.uid !== process.geteuid?.()) return false;
  const state = stateOf(owner);
  return state === 'dead' || (state === 'foreign' && Date.now() - stat.mtimeMs > FOREIGN_DAYS * DAY_MS);
}
