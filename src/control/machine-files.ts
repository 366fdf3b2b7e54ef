import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import { readSmallFile } from '../core/read-small-file.ts';
import type { FileTree } from '../rootfs/index.ts';
import { containerFiles } from '../sandbox/index.ts';
import { groupText, passwdText, type SourceUser } from './machine-users.ts';
import type { Place } from './root-plan.ts';

const TABLE_LIMIT_BYTES = 1024 * 1024;
/** As the sandbox calls a container that nobody has named. */
const HOSTNAME = 'morsel';

/** Files of /etc that say something of this machine, and that the image answers otherwise. */
export interface MachineFiles {
  readonly replaced: readonly Place[];
  /** What the image gets of these, as `SourceRoot.answers`. */
  readonly answers: ReadonlyMap<string, string>;
  /** Links that are not to be seen. */
  readonly absent: ReadonlySet<string>;
  /** Puts something that nobody may read over a file or directory. */
  closed(path: string): Place;
}

/**
 * Which services answer, which library every program loads, which machine this is: what is empty is as what an image
 * lacks to the C library (nsswitch.conf(5), ld.so(8)).
 */
const EMPTIED = ['/etc/nsswitch.conf', '/etc/ld.so.preload', '/etc/machine-id', '/etc/mailname'];

export function machineFiles(folder: string, machine: FileTree, user: SourceUser): MachineFiles {
  const files = join(folder, 'files');
  mkdirSync(files);
  const make = (name: string, content: string, mode = 0o644): string => {
    const path = join(files, name);
    writeFileSync(path, content, { mode });
    return path;
  };
  const empty = make('empty', '');
  const closedFile = make('closed-file', '', 0);
  const closedDirectory = join(files, 'closed-directory');
  mkdirSync(closedDirectory, { mode: 0 });
  const passwd = textOf('/etc/passwd');
  const group = textOf('/etc/group');
  const made: Readonly<Record<string, string>> = {
    '/etc/passwd': passwdText(passwd, user, 'system'),
    '/etc/group': groupText(group, user, 'system'),
    // What the sandbox puts into every container lies below a mount of /etc.
    ...containerFiles(HOSTNAME, 'none'),
  };
  // A machine's own zone is not seen: with its link absent, or where that says UTC as an image does.
  const zone = machine.lstat('/etc/timezone') === null ? {} : { '/etc/timezone': 'Etc/UTC\n' };
  return {
    answers: new Map([
      ...Object.entries(zone),
      ['/etc/passwd', passwdText(passwd, user, 'static')],
      ['/etc/group', groupText(group, user, 'static')],
    ]),
    replaced: [
      ...Object.entries({ ...made, ...zone }).map(([path, text]) => ({
        source: make(path.slice(5), text),
        target: path,
      })),
      ...EMPTIED.filter((path) => machine.lstat(path) !== null).map((target) => ({ source: empty, target })),
    ],
    absent: new Set(isUtc(machine) ? [] : ['/etc/localtime']),
    closed: (target) => {
      const isDirectory = machine.lstat(target)?.kind === 'directory';
      return { source: isDirectory ? closedDirectory : closedFile, target };
    },
  };
}

function textOf(path: string): string {
  return readSmallFile(path, TABLE_LIMIT_BYTES)?.toString('utf8') ?? '';
}

/** An image has no /etc/localtime, which means UTC (tzset(3)). */
function isUtc(machine: FileTree): boolean {
  const zone = machine.resolve('/etc/localtime')?.path ?? '';
  return zone === '' || /\/(?:UTC|UCT|Universal|Zulu|Etc\/GMT|GMT)$/.test(zone);
}
