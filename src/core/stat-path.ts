import { type Stats, statSync } from 'node:fs';

/** Of a link, what it leads to; null for what is absent, a link to itself, or not to be looked at. */
export function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

export function isDirectory(path: string): boolean {
  return statOrNull(path)?.isDirectory() === true;
}
