import { copyImage, openDestination, withImage, type WrittenImage } from '../../places/index.ts';

/**
 * Adds an image that was written as a layout of its own to the layout in `directory`: other images there stay, one of the
 * same name and platform is replaced in the index. In a file of its own, so that a build that writes an archive does not
 * load the readers of layouts. Errors: those of `copyImage`; after any, `directory` is as before.
 */
export async function publishIntoLayout(
  { path, references }: WrittenImage,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const destination = await openDestination({ kind: 'layout', path: directory }, signal);
  await withImage({ kind: 'layout', path }, { signal }, (image) =>
    copyImage(image, destination, { references }),
  );
}
