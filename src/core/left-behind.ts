import { lstatSync, opendirSync } from 'node:fs';
import { join } from 'node:path';
import { NAME_LIMIT_BYTES } from './path-limits.ts';
import { formatOwner, parseOwner, stateOf, thisOwner } from './process-owner.ts';
import { removeTree } from './remove-tree.ts';

/** Names of a folder that are looked at: a start must not take long because of a crowded /tmp. */
const NAMES_LIMIT = 20_000;
const NAMES_AT_ONCE = 256;
/**
 * What another container or boot has made may be in use although nobody can be asked: it is left alone for as long as
 * systemd-tmpfiles leaves /var/tmp alone.
 */
const FOREIGN_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What is added to a prefix takes fewer bytes. */
const ADDED_LIMIT_BYTES = 72;

/** `PREFIX-MACHINE-PID-STARTTIME-`, to which the maker adds some letters. */
export function ownedName(prefix: string): string {
  return `${prefix}-${formatOwner(thisOwner())}-`;
}

/** The prefix of what is being made for the file `name`, beside it: hidden from `ls`, and no longer than a name may be. */
export function hiddenPrefix(name: string): string {
  const bytes = Buffer.from(name).subarray(0, NAME_LIMIT_BYTES - ADDED_LIMIT_BYTES);
  // Cut within a character, its rest is not UTF-8.
  return `.${bytes.toString('utf8').replace(/\uFFFD$/, '')}.morsel`;
}

/** Of what is being made beside an output, by this process or by another. */
export function isHiddenName(name: string): boolean {
  return name.startsWith('.') && name.includes('.morsel-');
}

/**
 * Removes what processes of this user that were killed have left in a folder: files and directories with an `ownedName`
 * whose process is gone. Nothing of this is worth an error.
 */
export function removeLeftBehind(directory: string, isPrefix: (prefix: string) => boolean): void {
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
  const [, prefix = '', text = ''] = /^(.+)-([0-9a-f]+-\d+-\d+)-[A-Za-z0-9]{6,16}$/.exec(name) ?? [];
  const owner = parseOwner(text);
  if (owner === null || !isPrefix(prefix)) return false;
  const stat = lstatSync(join(directory, name), { throwIfNoEntry: false });
  // /tmp belongs to all: somebody else's folder may have any name.
  if (stat === undefined || stat.uid !== process.geteuid?.()) return false;
  const state = stateOf(owner);
  return state === 'dead' || (state === 'foreign' && Date.now() - stat.mtimeMs > FOREIGN_DAYS * DAY_MS);
}
