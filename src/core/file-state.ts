import { statSync } from 'node:fs';

/**
 * Another text whenever a file or folder may have changed. '' where nothing is, or nothing that this user may see: PATH is
 * often another's (su, sudo), and holds anything.
 */
export function fileState(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return '';
  }
}
