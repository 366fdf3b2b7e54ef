import type { Image } from '../../oci/index.ts';
import type { ContentSource } from '../content-source.ts';
import { formatLocation } from '../location.ts';
import { openContent } from '../open-content.ts';
import { openImage, type OpenImageOptions } from '../open-image.ts';
import { type FetchedArchive, fetchArchive, type FetchedLocation } from './fetched-archive.ts';

/** The image is read from a temporary archive, which goes when it is closed. Errors: as `fetchArchive` and `openImage`. */
export async function openFetchedImage(location: FetchedLocation, options: OpenImageOptions): Promise<Image> {
  return opened(location, options, (archive) => openImage(archive, options));
}

/** The same of all that the archive holds. Errors: as `fetchArchive` and `openContent`. */
export async function openFetchedContent(
  location: FetchedLocation,
  options: OpenImageOptions,
): Promise<ContentSource> {
  return opened(location, options, (archive) => openContent(archive, options));
}

/** Under the name by which the user knows it: the archive's own would be of a folder that is gone. */
async function opened<T extends { readonly name: string; close(): void }>(
  location: FetchedLocation,
  { signal }: OpenImageOptions,
  open: (archive: FetchedArchive['location']) => Promise<T>,
): Promise<T> {
  const { location: archive, remove } = await fetchArchive(location, signal);
  try {
    const inner = await open(archive);
    const close = (): void => {
      inner.close();
      remove();
    };
    return { ...inner, name: formatLocation(location), close };
  } catch (error) {
    remove();
    throw error;
  }
}
