import { mkdtempSync } from 'node:fs';
import { basename, join } from 'node:path';
import { attempt } from '../core/write-error.ts';
import { hostPlatform, type Image } from '../oci/index.ts';
import { imageTree } from '../layers/index.ts';
import { type LayerSource, openImage, writeImage } from '../places/index.ts';
import { type RuntimeConfig } from '../oci/config.ts';
import { directoryTree, type FileTree, rootEntries } from '../rootfs/index.ts';
import { basePath, isRootDirectory } from './open-base-tree.ts';

/** What a program is put on: an image, or a root directory. Close it when the image on top of it is written. */
export interface BaseImage {
  readonly name: string;
  /** Lowest first; the program's own layer goes on top. */
  readonly layers: readonly LayerSource[];
  /** Its files, for the verdict and for the loader's search. */
  readonly tree: FileTree;
  /** Its environment, user and so on; the program's own settings win. */
  readonly config: RuntimeConfig;
  close(): void;
}

export interface OpenBaseOptions {
  /** Where a root directory's layer is kept while the base is open; the caller removes it. */
  readonly workDirectory: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a base that is at hand: a root directory (as debootstrap makes), an OCI layout, or an archive. Errors:
 * NOT_FOUND, IMAGE_INVALID and the others of reading an image, LIMIT_EXCEEDED, INTERRUPTED.
 */
export async function openBase(path: string, options: OpenBaseOptions): Promise<BaseImage> {
  const absolute = basePath(path);
  return isRootDirectory(absolute) ? openRootDirectory(absolute, options) : openImageBase(absolute, options);
}

/** Compressed once, however many programs are put on it. */
async function openRootDirectory(path: string, options: OpenBaseOptions): Promise<BaseImage> {
  const name = basename(path);
  const layout = attempt(options.workDirectory, () => mkdtempSync(join(options.workDirectory, 'base-')));
  await writeImage({
    layers: [
      {
        kind: 'entries',
        entries: await rootEntries(directoryTree(path), `of the base ${name}`, options.signal),
      },
    ],
    platform: hostPlatform(),
    config: {},
    output: { kind: 'layout', path: layout, references: [] },
    signal: options.signal,
  });
  return { ...(await openImageBase(layout, options)), name };
}

async function openImageBase(path: string, { signal }: OpenBaseOptions): Promise<BaseImage> {
  const image: Image = await openImage(path, { signal });
  try {
    const tree = await imageTree(image, signal);
    return {
      name: nameOf(image, path),
      layers: image.manifest.layers.map((_, layerIndex) => ({ kind: 'image-layer', image, layerIndex })),
      tree,
      config: image.config.config ?? {},
      close: () => {
        tree.close();
        image.close();
      },
    };
  } catch (error) {
    image.close();
    throw error;
  }
}

function nameOf(image: Image, path: string): string {
  return image.references[0] ?? basename(path).replace(/\.tar(\.gz)?$/, '');
}
