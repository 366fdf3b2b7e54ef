import type { SandboxPlaces } from './sandbox-places.ts';
import { protectedProcWords } from '../../core/protected-proc.ts';

/** For programs that do not ask TMPDIR. */
const TMPFS_BYTES = 512 * 1024 * 1024;

/** Of /etc what compilers, interpreters and the loader read; no keys, no passwords, no names of servers. */
const ETC = [
  'alternatives', 'cmake', 'crypto-policies', 'group', 'ld-musl-aarch64.path', 'ld-musl-x86_64.path', 'ld.so.cache',
  'ld.so.conf', 'ld.so.conf.d', 'localtime', 'magic', 'mime.types', 'nsswitch.conf', 'os-release', 'passwd', 'perl',
  'pkgconfig', 'protocols', 'services', 'timezone',
]; // prettier-ignore

/** Systems without /usr/bin/gcc keep everything in a store. */
const SYSTEM = ['/usr', '/nix/store', '/gnu/store'];

/** Links to folders of /usr on merged systems, folders of their own elsewhere. */
const ROOT_FOLDERS = ['bin', 'lib', 'lib32', 'lib64', 'libx32', 'sbin'];

/** What is asked of this machine, so that the words are a pure function. */
export interface BwrapHost {
  /** The target of a link; null where there is none. */
  readonly linkTarget: (path: string) => string | null;
  readonly kindOf: (path: string) => 'directory' | 'other' | null;
}

type Mount = readonly [path: string, words: readonly string[]];

/**
 * bwrap's words for a build: no network, own processes, ipc, host name and session, no capabilities; the system and
 * the toolchains read-only, the build's own folders writable, nothing else of the machine. Pure.
 */
export function bwrapArguments(places: SandboxPlaces, cwd: string, host: BwrapHost): readonly string[] {
  const root = ROOT_FOLDERS.map((name) => rootFolder(`/${name}`, host));
  const etc = ETC.map((name) => readOnly(`/etc/${name}`));
  const mounts: readonly Mount[] = [
    ...SYSTEM.map(readOnly),
    ...etc,
    ['/tmp', ['--size', String(TMPFS_BYTES), '--perms', '1777', '--tmpfs', '/tmp']],
    ...places.reads.map(readOnly),
    ...places.writes.map((path): Mount => [path, ['--bind', path, path]]),
  ];
  return [
    ['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ['--die-with-parent', '--new-session', '--hostname', 'build', '--cap-drop', 'ALL'],
    root,
    inOrder(mounts).flat(),
    ['--proc', '/proc'],
    // /proc/sys and its like ask for uid 0, which a build started by root is.
    protectedProcWords(host.kindOf),
    ['--dev', '/dev'],
    ['--remount-ro', '/'],
    ['--chdir', cwd],
  ].flat(2);
}

function readOnly(path: string): Mount {
  return [path, ['--ro-bind-try', path, path]];
}

function rootFolder(path: string, { linkTarget }: BwrapHost): readonly string[] {
  const target = linkTarget(path);
  return target === null ? ['--ro-bind-try', path, path] : ['--symlink', target, path];
}

/** A folder comes before what is in it, or would cover it; of two mounts on one path the later one is meant. */
function inOrder(mounts: readonly Mount[]): readonly (readonly string[])[] {
  const byPath = new Map(mounts);
  return [...byPath]
    .toSorted(([a], [b]) => a.split('/').length - b.split('/').length)
    .map(([, words]) => words);
}
