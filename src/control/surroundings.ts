import type { Observation } from '../observe/index.ts';
import type { FileTree } from '../rootfs/index.ts';

/** What tells of the root as a whole, which is another in every container: proc(5). */
const MOUNT_TABLES = /^\/proc\/(?:self\/|thread-self\/|\d+\/)?mount(?:s|info|stats)$/;

/**
 * Why what a program prints is another in an image, though nothing is missing there: it shows the root itself. Only its
 * top and the working directory count, in which an image of one program has other names than a machine; a folder of a
 * package that a program lists (its plugins, its modules) is no surroundings but something that it needs. null: it does not.
 */
export function surroundingsOf(
  observation: Observation,
  source: FileTree,
  image: FileTree,
  workingDirectory: string,
): string | null {
  for (const [path, use] of observation.found) {
    if (use.isRead && MOUNT_TABLES.test(path)) return `shows what is mounted (${path})`;
    const isRoot = path === '/' || path === workingDirectory;
    if (isRoot && use.isListed && source.list(path).join('\0') !== image.list(path).join('\0'))
      return `lists ${path}, which has other names in an image`;
  }
  return null;
}
