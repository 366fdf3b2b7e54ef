import { mkdtempSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { attempt } from '../core/write-error.ts';
import { hostPlatform, type Image } from '../oci/index.ts';
import { imageTree } from '../layers/index.ts';
import {
  hasPath,
  type LayerSource,
  type Location,
  openImage,
  parseTreeLocation,
  writeImage,
} from '../places/index.ts';
import { type RuntimeConfig } from '../oci/config.ts';
import { directoryTree, type FileTree, rootEntries } from '../rootfs/index.ts';

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
 * Opens a base that is at hand: a root directory (as debootstrap makes), or an image of an OCI layout or an archive.
 * Errors: NOT_FOUND, UNSUPPORTED, USAGE, IMAGE_INVALID and the others of reading an image, LIMIT_EXCEEDED, INTERRUPTED.
 */
export async function openBase(text: string, options: OpenBaseOptions): Promise<BaseImage> {
  const location = parseTreeLocation(text);
  return location.kind === 'root'
    ? openRootDirectory(resolve(location.path), options)
    : openImageBase(location, options);
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
  return { ...(await openImageBase({ kind: 'layout', path: layout }, options)), name };
}

async function openImageBase(location: Location, { signal }: OpenBaseOptions): Promise<BaseImage> {
  const image: Image = await openImage(location, { signal });
  try {
    const tree = await imageTree(image, signal);
    return {
      name: nameOf(image, location),
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

function nameOf(image: Image, location: Location): string {
  if (image.references[0] !== undefined || !hasPath(location)) return image.references[0] ?? image.name;
  return basename(resolve(location.path)).replace(/\.tar(\.gz)?$/, '');
}
