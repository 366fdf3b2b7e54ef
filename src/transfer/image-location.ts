import { MorselError } from '../core/errors.ts';
import { parseTreeLocation, type ImageLocation } from '../places/index.ts';

/** Where an image is to be read from. Errors: those of `parseLocation`; USAGE for what holds no image. */
export function imageLocation(text: string): ImageLocation {
  const location = parseTreeLocation(text);
  if (location.kind !== 'root') return location;
  throw new MorselError('USAGE', `${text} is a directory, and no image`, {
    hint: 'give an archive, an OCI layout, or docker://NAME of a registry',
  });
}
