import { Turns } from '../core/turns.ts';
import { MorselError } from '../core/errors.ts';
import {
  decodeIndex,
  type Descriptor,
  type Image,
  INDEX_FILE,
  isIndexMediaType,
  openVerifiedBlob,
  readBytes,
} from '../oci/index.ts';
import { ContainerDocuments, openBlobFile } from './container/container-documents.ts';
import { openImageFiles } from './container/image-files.ts';
import { REF_NAME } from './container/index-json.ts';
import type { ContentSource } from './content-source.ts';
import { hasPath, type ImageLocation, type PathLocation } from './location.ts';
import { openImage, type OpenImageOptions } from './open-image.ts';

/**
 * What a location names, whole: an index with all its platforms, unless one of them is asked for. Errors: as `openImage`.
 */
export async function openContent(
  location: ImageLocation,
  options: OpenImageOptions = {},
): Promise<ContentSource> {
  if (options.platform === undefined) {
    if (location.kind === 'registry') {
      const { registryContent } = await import('./registry/registry-content.ts');
      return registryContent(location, options);
    }
    if (!hasPath(location)) {
      const { openFetchedContent } = await import('./fetched/open-fetched.ts');
      return openFetchedContent(location, options);
    }
    const index = await namedIndex(location, options);
    if (index !== null) return index;
  }
  const content = contentOfImage(await openImage(location, options));
  if (!hasPath(location) || location.kind === 'docker-archive') return content;
  return { ...content, referrers: (subject) => containerReferrers(location.path, subject, options.signal) };
}

/** What an `index.json` has that refers to a manifest. Errors: those of reading a container. */
async function containerReferrers(
  path: string,
  { digest }: Descriptor,
  signal: AbortSignal | undefined,
): Promise<readonly Descriptor[]> {
  const files = await openImageFiles(path, new Turns(signal, `${path} was opened`), signal);
  try {
    const documents = new ContainerDocuments(files);
    return referrersAmong(topOf(documents, path), documents, digest);
  } finally {
    files.close();
  }
}

/** One image as content: all that its manifest names. */
export function contentOfImage(image: Image): ContentSource {
  const { name, manifestDescriptor: root, references } = image;
  return {
    name,
    root,
    references,
    async document(descriptor) {
      if (descriptor.digest === root.digest) return image.manifestBytes;
      if (descriptor.digest === image.manifest.config.digest) return image.configBytes;
      return readBytes(image.openBlob(descriptor), descriptor, name);
    },
    openBlob: (descriptor) => image.openBlob(descriptor),
    referrers: async () => [],
    close: () => image.close(),
  };
}

/** The index that a layout or an archive has under a name, or as the only thing; null where an image is meant. */
async function namedIndex(
  location: Extract<ImageLocation, PathLocation>,
  { signal }: OpenImageOptions,
): Promise<ContentSource | null> {
  const { path, kind, name } = location;
  if (kind === 'docker-archive') return null;
  const files = await openImageFiles(path, new Turns(signal, `${path} was opened`), signal);
  try {
    const documents = new ContainerDocuments(files);
    const manifests = topOf(documents, path);
    const found = indexAmong(manifests, name);
    if (found === null) {
      files.close();
      return null;
    }
    const reference = found.annotations?.[REF_NAME];
    const { mediaType, digest, size } = found;
    return {
      name: name === undefined ? path : `${path}:${name}`,
      root: { mediaType, digest, size },
      references: reference === undefined ? [] : [reference],
      document: async (descriptor) => documentBytes(documents, descriptor),
      openBlob: (descriptor) => openVerifiedBlob(openBlobFile(files, descriptor), descriptor, path),
      referrers: async (subject) => referrersAmong(manifests, documents, subject.digest),
      close: () => files.close(),
    };
  } catch (error) {
    files.close();
    throw error;
  }
}

/** What `index.json` names. */
function topOf(documents: ContainerDocuments, path: string): readonly Descriptor[] {
  const bytes = documents.bytesAt(INDEX_FILE);
  return bytes === null ? [] : decodeIndex(bytes, `${path}: ${INDEX_FILE}`).manifests;
}

function referrersAmong(
  manifests: readonly Descriptor[],
  documents: ContainerDocuments,
  subject: string,
): readonly Descriptor[] {
  return manifests.filter((each) => subjectOf(documents, each) === subject);
}

function documentBytes(documents: ContainerDocuments, descriptor: Descriptor): Buffer {
  const { mediaType } = descriptor;
  if (isIndexMediaType(mediaType)) return documents.index(descriptor).bytes;
  return mediaType.includes('config') || mediaType.includes('container.image')
    ? documents.config(descriptor).bytes
    : documents.manifest(descriptor).bytes;
}

function indexAmong(manifests: readonly Descriptor[], name: string | undefined): Descriptor | null {
  const meant =
    name === undefined
      ? manifests.filter(({ artifactType }) => artifactType === undefined)
      : manifests.filter(({ annotations, digest }) => annotations?.[REF_NAME] === name || digest === name);
  const [only, ...others] = meant;
  if (only === undefined || !isIndexMediaType(only.mediaType)) return null;
  return others.every(({ digest }) => digest === only.digest) ? only : null;
}

function subjectOf(documents: ContainerDocuments, descriptor: Descriptor): string | null {
  if (descriptor.artifactType === undefined) return null;
  try {
    return documents.manifest(descriptor).document.subject?.digest ?? null;
  } catch (error) {
    if (error instanceof MorselError) return null; // damaged: it refers to nothing
    throw error;
  }
}
