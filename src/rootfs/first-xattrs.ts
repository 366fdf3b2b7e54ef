import { MorselError } from '../core/errors.ts';
import { readTar } from '../tar/index.ts';

/** The extended attributes of an archive's first member, whose content may be cut off; null for another thing. */
export async function firstXattrs(archive: Buffer): Promise<Readonly<Record<string, Buffer>> | null> {
  try {
    for await (const { header } of readTar([archive])) return header.xattrs;
  } catch (error) {
    if (!(error instanceof MorselError)) throw error;
  }
  return null;
}
