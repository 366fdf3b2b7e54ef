import { lstatSync, readlinkSync, realpathSync, type Stats, statfsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { MorselError } from './errors.ts';
import { attempt, writeError } from './write-error.ts';

/** path_resolution(7): Linux gives up after as many. */
const LINKS_LIMIT = 40;
/** statfs(2): what lies in /proc leads to open files, whatever they are, and not to places. */
const PROC_SUPER_MAGIC = 0x9fa0;

/**
 * Where a file or folder that the user has named is to be put: rename(2) would replace a link, so it is followed, also
 * one that leads to nothing yet. /dev/stdout and other ways to what this process has open are refused, and so is what
 * is neither a file nor a directory: rename(2) would put a file in the place of /dev/null. Error: WRITE_FAILED.
 */
export function outputPlace(path: string): string {
  const place = followLinks(resolve(path));
  const stat = attempt(path, () => statSync(place, { throwIfNoEntry: false }));
  if (stat === undefined || stat.isFile() || stat.isDirectory()) return place;
  throw refused(path, `is ${kindOf(stat)}`);
}

/** The same for a file alone. Error: WRITE_FAILED. */
export function outputFilePlace(path: string): string {
  const place = outputPlace(path);
  if (attempt(path, () => statSync(place, { throwIfNoEntry: false }))?.isDirectory() !== true) return place;
  throw refused(path, 'is a directory');
}

/** For a path that nobody has named: a foreign project may have a link there, and it leads where its maker wants. */
export function defaultOutputPlace(path: string): string {
  const place = resolve(path);
  if (!isLink(place)) return outputPlace(place);
  throw new MorselError('WRITE_FAILED', `${place} is a link, which is not followed unasked`, {
    hint: 'remove it, or name it with -o to write where it leads',
  });
}

/** What was read is never replaced by what is made of it: nobody has a second copy in mind. Error: USAGE. */
export function keepInput(place: string, input: string): void {
  const [output, read] = [place, input].map(statOrNothing);
  if (output?.isFile() !== true || output.ino !== read?.ino || output.dev !== read.dev) return;
  throw new MorselError('USAGE', `${place} is what is read, and would be replaced`, {
    hint: 'give another file with -o',
  });
}

/** What cannot be looked at is no collision: whoever opens it says what is wrong. */
function statOrNothing(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function followLinks(path: string): string {
  let place = path;
  for (let count = 0; isLink(place); count += 1) {
    if (count === LINKS_LIMIT)
      throw writeError(path, Object.assign(new Error('too many links'), { code: 'ELOOP' }));
    place = attempt(path, () => targetOf(place, path));
  }
  return place;
}

function targetOf(link: string, path: string): string {
  const directory = realpathSync(dirname(link));
  if (statfsSync(directory).type === PROC_SUPER_MAGIC) throw refused(path, 'is an open file of a process');
  const target = resolve(directory, readlinkSync(link));
  // `..` after a linked directory leads out of where that one leads.
  return join(realpathSync(dirname(target)), basename(target));
}

function isLink(path: string): boolean {
  return attempt(path, () => lstatSync(path, { throwIfNoEntry: false }))?.isSymbolicLink() === true;
}

function kindOf(stat: Stats): string {
  if (stat.isFIFO()) return 'a named pipe';
  return stat.isSocket() ? 'a socket' : 'a device';
}

function refused(path: string, why: string): MorselError {
  return new MorselError('WRITE_FAILED', `${path} ${why}, and not a place for a file`, {
    hint: 'what is written is renamed into place: give the name of a file with -o',
  });
}
