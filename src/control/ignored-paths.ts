import { isBelow } from '../core/is-below.ts';

/**
 * What a program uses in a control run and is never packed because of that, each with the reason. Docker or morsel's own
 * needs answer these questions in the image, or the kernel does.
 */
const NEVER: Readonly<Record<string, string>> = {
  '/etc/group': 'the image has a user of its own, and the need `users` brings it where it is asked for',
  '/etc/gshadow': 'passwords',
  '/etc/hostname': 'the runtime makes it',
  '/etc/hosts': 'the runtime makes it',
  '/etc/ld.so.cache': 'an image has its libraries where the loader looks without it',
  '/etc/ld.so.preload': "what this machine's administrator loads into every program",
  '/etc/machine-id': 'which machine it is',
  '/etc/mtab': 'a link into /proc',
  '/etc/nsswitch.conf': "this machine's services; without it the C library asks files and DNS",
  '/etc/passwd': 'the image has a user of its own, and the need `users` brings it where it is asked for',
  '/etc/resolv.conf': 'the runtime makes it',
  '/etc/shadow': 'passwords',
  '/etc/timezone': "this machine's time zone; without it it is UTC",
};

/** Of the kernel, of the container, and what does not outlive a run (FHS 3.0). */
const NEVER_BELOW = ['/dev', '/proc', '/run', '/sys', '/tmp', '/var/lock', '/var/run', '/var/tmp'];

/** Directories for temporary files: what is in them is never packed, but a program that uses them wants them to be there. */
const TEMPORARY = ['/tmp', '/var/tmp'];

/** The directory for temporary files that a path lies in, or is; null for others. */
export function temporaryDirectoryOf(path: string): string | null {
  return TEMPORARY.find((directory) => path === directory || isBelow(path, directory)) ?? null;
}

/** Sockets of services that the C library asks first, and that nobody misses. */
const UNMISSED_SOCKETS =
  /^\/(?:dev\/log|(?:var\/)?run\/(?:nscd\/socket|systemd\/userdb\/.*|systemd\/journal\/.*|dbus\/system_bus_socket|\.nscd_socket)|var\/lib\/sss\/pipes\/.*)$/;

/** @param scratch further directories that are written to in a run, such as the user's home. */
export function isIgnored(path: string, scratch: readonly string[]): boolean {
  if (path === '/' || Object.hasOwn(NEVER, path)) return true;
  return [...NEVER_BELOW, ...scratch].some((directory) => path === directory || isBelow(path, directory));
}

export function isMissedSocket(path: string): boolean {
  return path.startsWith('/') && !UNMISSED_SOCKETS.test(path);
}
