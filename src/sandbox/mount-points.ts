import {
  chmodSync,
  lstatSync,
  mkdirSync,
  rmdirSync,
  type Stats,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { MorselError } from '../core/errors.ts';
import { directoryTree } from '../rootfs/index.ts';

export interface MountPoints {
  /** Where `path` really is in the root, without symbolic links; null when nothing can be mounted there. */
  resolve(path: string): string | null;
  /** Takes away what was made, unless another run in this process still uses it. */
  release(): void;
}

export interface MountPointRequest {
  readonly path: string;
  readonly kind: 'file' | 'directory';
}

/** Places made in some root, and by how many running containers each is used. */
const placesInUse = new Map<string, number>();

/**
 * Makes the places that a container mounts on and the image lacks, as docker does in the container's own layer. Here
 * they are made in the root directory itself and taken away after the run, because an overlay cannot be mounted
 * everywhere; the times and modes of the directories above are put back. Links of the image are followed inside it.
 */
export function makeMountPoints(root: string, requests: readonly MountPointRequest[]): MountPoints {
  const made: string[] = [];
  const resolved = new Map<string, string | null>();
  const release = (): void => made.reverse().forEach(releasePlace);
  try {
    for (const request of requests) resolved.set(request.path, makeMountPoint(root, request, made));
  } catch (cause) {
    release();
    throw new MorselError(
      'SANDBOX_FAILED',
      `cannot make mount points in ${root} (${(cause as Error).message})`,
      { cause },
    );
  }
  return { resolve: (path) => resolved.get(path) ?? null, release };
}

function makeMountPoint(root: string, { path, kind }: MountPointRequest, made: string[]): string | null {
  const tree = directoryTree(root);
  const existing = tree.resolve(path);
  if (existing !== null) {
    usePlaces(root, existing.path, made);
    const isDirectory = existing.entry.kind === 'directory';
    return isDirectory === (kind === 'directory') ? existing.path : null;
  }
  // A link that leads nowhere is the image's own decision.
  if (tree.lstat(path) !== null) return null;
  const parent = path === '/' ? null : makeMountPoint(root, { path: dirname(path), kind: 'directory' }, made);
  if (parent === null) return null;
  const place = join(parent, path.slice(path.lastIndexOf('/') + 1));
  const hostPath = join(root, place);
  changeDirectory(dirname(hostPath), () =>
    kind === 'file' ? writeFileSync(hostPath, '', { flag: 'wx', mode: 0o644 }) : mkdirSync(hostPath, 0o755),
  );
  placesInUse.set(hostPath, 1);
  made.push(hostPath);
  return place;
}

/** Another run may have made this very place, or a directory above it; they stay until the last one has ended. */
function usePlaces(root: string, path: string, made: string[]): void {
  const names = path.split('/').filter((name) => name !== '');
  for (const index of names.keys()) {
    const hostPath = join(root, ...names.slice(0, index + 1));
    const users = placesInUse.get(hostPath);
    if (users === undefined) continue;
    placesInUse.set(hostPath, users + 1);
    made.push(hostPath);
  }
}

function releasePlace(hostPath: string): void {
  const users = (placesInUse.get(hostPath) ?? 1) - 1;
  if (users > 0) return void placesInUse.set(hostPath, users);
  placesInUse.delete(hostPath);
  try {
    const stat = lstatSync(hostPath);
    // With a writable root the program may have put something there: that is then its own file.
    if (stat.isFile() && stat.size > 0) return;
    changeDirectory(dirname(hostPath), () =>
      stat.isDirectory() ? rmdirSync(hostPath) : unlinkSync(hostPath),
    );
  } catch {
    // gone, or not empty any more
  }
}

/** Does something in a directory that its owner may not be allowed to write, and leaves its mode and times as they were. */
function changeDirectory(directory: string, change: () => void): void {
  const before: Stats = lstatSync(directory);
  const isLocked = (before.mode & 0o300) !== 0o300;
  if (isLocked) chmodSync(directory, before.mode | 0o300);
  change();
  if (isLocked) chmodSync(directory, before.mode);
  utimesSync(directory, before.atime, before.mtime);
}
