import { Turns } from '../../core/turns.ts';
import { decodeIndex, type Descriptor, type Digest, INDEX_FILE, readVerifiedBlob } from '../../oci/index.ts';
import type { Location } from '../location.ts';
import { ContainerDocuments, openBlobFile } from './container-documents.ts';
import { type ImageFiles, openImageFiles } from './image-files.ts';

/**
 * The document of a type that refers to an image (image-spec manifest.md, `subject`), as its container holds it; null where
 * there is none, or no container. Errors: those of reading a container.
 */
export async function readReferrer(
  location: Location,
  subject: Digest,
  artifactType: string,
  signal?: AbortSignal,
): Promise<Buffer | null> {
  if (location.kind === 'root' || location.kind === 'file') return null;
  // What an engine saves holds the image alone, and stdin is read already.
  if (location.kind === 'engine' || location.kind === 'stdin') return null;
  if (location.kind === 'registry') {
    const { readRegistryReferrer } = await import('../registry/read-registry-referrer.ts');
    return readRegistryReferrer(location, subject, artifactType, signal);
  }
  const files = await openImageFiles(location.path, new Turns(signal, `${location.path} was opened`), signal);
  try {
    return contentOf(files, subject, artifactType);
  } finally {
    files.close();
  }
}

function contentOf(files: ImageFiles, subject: Digest, artifactType: string): Buffer | null {
  const documents = new ContainerDocuments(files);
  const bytes = documents.bytesAt(INDEX_FILE);
  if (bytes === null) return null;
  const { manifests } = decodeIndex(bytes, `${files.name}: ${INDEX_FILE}`);
  for (const descriptor of manifests) {
    if (descriptor.artifactType !== artifactType) continue;
    const { document } = documents.manifest(descriptor);
    const content = document.layers[0];
    if (document.subject?.digest === subject && content !== undefined) return read(files, content);
  }
  return null;
}

function read(files: ImageFiles, content: Descriptor): Buffer {
  return readVerifiedBlob(openBlobFile(files, content), content, files.name);
}
