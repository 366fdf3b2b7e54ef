import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { openByteSource } from '../../core/byte-source.ts';
import { MorselError } from '../../core/errors.ts';
import { Turns } from '../../core/turns.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { blobPath, openVerifiedBlob } from '../../oci/index.ts';

/**
 * Whether a layout has a blob as a file of its own, whose bytes are what the descriptor says: all of them are read, since
 * what bears the name may be damaged. A link is none: what it leads to may change or go. Error: INTERRUPTED.
 */
export async function holdsBlob(
  directory: string,
  descriptor: Descriptor,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const path = join(directory, blobPath(descriptor.digest));
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size !== descriptor.size) return false;
  const turns = new Turns(signal, `${path} was checked`);
  try {
    const source = openByteSource(path, { followLink: false });
    for await (const _ of openVerifiedBlob(source, descriptor, path)) await turns.take();
    return true;
  } catch (error) {
    if (error instanceof MorselError && error.code !== 'INTERRUPTED') return false;
    throw error;
  }
}
