import { parseLocation, type TreeLocation } from '../places/index.ts';

/** A root directory, or an image. Errors: those of `parseLocation`; who reads another file says that it is no archive. */
export function parseBase(text: string): TreeLocation {
  const location = parseLocation(text);
  return location.kind === 'file' ? { kind: 'archive', path: location.path } : location;
}
