import { homedir } from 'node:os';
import { basename, dirname } from 'node:path/posix';
import { type FileTree, readPasswd } from '../rootfs/index.ts';

/** Directories whose content is not one program's, however few programs lie in them (FHS 3.0). */
const SHARED: ReadonlySet<string> = new Set(
  (
    '/ /bin /boot /dev /etc /home /lib /lib32 /lib64 /libx32 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp ' +
    '/usr /usr/bin /usr/games /usr/include /usr/lib /usr/libexec /usr/local /usr/local/bin /usr/local/games ' +
    '/usr/local/lib /usr/local/libexec /usr/local/sbin /usr/local/share /usr/sbin /usr/share ' +
    '/var /var/cache /var/lib /var/local /var/lock /var/log /var/opt /var/run /var/spool /var/tmp'
  ).split(' '),
);

/** What people put programs into, in their homes: other things lie there as well. Names with a dot are theirs too. */
const SHARED_IN_HOMES = /^(\..*|bin|sbin|go|desktop|documents|downloads)$/i;

/** Where a package or an archive keeps its programs, below its own directory. */
const PROGRAM_FOLDERS: ReadonlySet<string> = new Set(['bin', 'sbin', 'libexec']);

/**
 * The directory that is a program's own, of its real path: the one that it lies in, or the one above where that is its
 * bin/. null where others share it: then the file alone is the program.
 */
export function programDirectory(file: string, machine: FileTree): string | null {
  const lies = dirname(file);
  const own = PROGRAM_FOLDERS.has(basename(lies)) ? dirname(lies) : lies;
  return isShared(own, machine) || isShared(lies, machine) ? null : own;
}

function isShared(directory: string, machine: FileTree): boolean {
  const above = dirname(directory);
  if (SHARED.has(directory) || above === '/mnt' || above === '/media') return true;
  const homes = homesOf(machine);
  return homes.has(directory) || above === '/home' || (isHome(above, homes) && isSharedInHome(directory));
}

function isSharedInHome(directory: string): boolean {
  return SHARED_IN_HOMES.test(basename(directory));
}

function isHome(directory: string, homes: ReadonlySet<string>): boolean {
  return homes.has(directory) || dirname(directory) === '/home';
}

function homesOf(machine: FileTree): ReadonlySet<string> {
  const named = readPasswd(machine).map(({ home }) => home);
  const all = [homedir(), process.env['HOME'] ?? '', '/root', ...named].filter((home) =>
    home.startsWith('/'),
  );
  return new Set(all.map((home) => machine.resolve(home)?.path ?? home));
}
