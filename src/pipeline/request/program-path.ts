import { MorselError } from '../../core/errors.ts';
import { normaliseImagePath } from '../../rootfs/index.ts';

/**
 * Directories of a root (FHS 3.0 chapter 3, and what runtimes mount on): a program of that name would lie where its
 * own libraries, or the runtime's /proc, must go.
 */
export const ROOT_DIRECTORIES: ReadonlySet<string> = new Set(
  'bin boot dev etc home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var'.split(
    ' ',
  ),
);

/** What runtimes mount over an image's own directory: what lies below is not to be seen. */
const MOUNTED = /^\/(?:proc|sys|dev)\//;

/** Where the program is put by `--path`. Error: USAGE. */
export function parseProgramPath(text: string | null): string | null {
  if (text === null) return null;
  const path = normaliseImagePath(text);
  const why = text.endsWith('/')
    ? 'ends with a slash'
    : ROOT_DIRECTORIES.has(path.slice(1))
      ? 'is a directory of every root'
      : MOUNTED.test(path)
        ? 'is hidden by what every runtime mounts there'
        : null;
  if (why === null) return path;
  throw new MorselError('USAGE', `the program cannot be at ${text}, which ${why}`, {
    hint: 'give its whole path in the image, such as --path /usr/bin/app',
  });
}
