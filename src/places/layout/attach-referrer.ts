import { EMPTY_JSON, encodeReferrer, MEDIA_TYPE } from '../../oci/index.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { storeBytes } from '../destination.ts';
import { layoutDestination } from './layout-destination.ts';

/**
 * Adds a document to a layout that refers to an image there (`subject`): `index.json` names it by its artifact type alone,
 * so that it is no image to those who look for one. Older ones of this type go: of the same image, and of images that the
 * layout no longer has. Errors: those of `layoutDestination`; after any, the layout is as before.
 */
export async function attachReferrer(
  directory: string,
  subject: Descriptor,
  artifactType: string,
  bytes: Buffer,
  signal?: AbortSignal,
): Promise<void> {
  const destination = layoutDestination(directory, signal);
  try {
    await storeBytes(destination, MEDIA_TYPE.empty, EMPTY_JSON);
    const content = await storeBytes(destination, artifactType, bytes);
    const manifest = encodeReferrer(artifactType, content, subject);
    const descriptor = await destination.writeManifest(manifest, MEDIA_TYPE.ociManifest);
    await destination.commitReferrer({ ...descriptor, artifactType }, subject);
  } catch (error) {
    destination.abort();
    throw error;
  }
}
