import { isAtOrBelow } from '../core/is-below.ts';
import { TEMPORARY_DIRECTORIES } from '../core/temporary-directories.ts';
import type { SourceRoot } from './source-root.ts';

/** What a program uses in a control run and is never packed because of that, each with the reason. */
const BY_RUNTIME: Readonly<Record<string, string>> = {
  '/etc/hostname': 'the runtime makes it',
  '/etc/hosts': 'the runtime makes it',
  '/etc/mtab': 'a link into /proc',
  '/etc/resolv.conf': 'the runtime makes it',
};

/** The same of a machine, which is not the one that the image will run on. Of an image they are its own. */
const OF_MACHINE: Readonly<Record<string, string>> = {
  '/etc/group': 'whoever works on this machine; see `SourceRoot.answers`',
  '/etc/gshadow': 'passwords',
  '/etc/ld.so.cache': 'an image has its libraries where the loader looks without it',
  '/etc/ld.so.preload': "what this machine's administrator loads into every program",
  '/etc/machine-id': 'which machine it is',
  '/etc/nsswitch.conf': "this machine's services; without it the C library asks files and DNS",
  '/etc/passwd': 'whoever works on this machine; see `SourceRoot.answers`',
  '/etc/shadow': 'passwords',
};

/** Of the kernel, of the container, and what does not outlive a run (FHS 3.0). */
const NEVER_BELOW = ['/dev', '/proc', '/run', '/sys', '/var/lock', '/var/run', ...TEMPORARY_DIRECTORIES];

/**
 * The directory for temporary files that a path lies in, or is; null for others. What is in it is never packed, but a program
 * that uses it wants it to be there.
 */
export function temporaryDirectoryOf(path: string): string | null {
  return TEMPORARY_DIRECTORIES.find((directory) => isAtOrBelow(path, directory)) ?? null;
}

/** Sockets of services that the C library asks first, and that nobody misses. */
const UNMISSED_SOCKETS =
  /^\/(?:dev\/log|(?:var\/)?run\/(?:nscd\/socket|systemd\/userdb\/.*|systemd\/journal\/.*|dbus\/system_bus_socket|\.nscd_socket)|var\/lib\/sss\/pipes\/.*)$/;

/** @param source of which a path was used. @param scratch further directories that are written to in a run, such as the user's home. */
export function isIgnored(
  path: string,
  { kind, answers }: Pick<SourceRoot, 'kind' | 'answers'>,
  scratch: readonly string[],
): boolean {
  if (path === '/' || Object.hasOwn(BY_RUNTIME, path)) return true;
  if (kind === 'machine' && Object.hasOwn(OF_MACHINE, path)) return !answers.has(path);
  return [...NEVER_BELOW, ...scratch].some((directory) => isAtOrBelow(path, directory));
}

export function isMissedSocket(path: string): boolean {
  return path.startsWith('/') && !UNMISSED_SOCKETS.test(path);
}
