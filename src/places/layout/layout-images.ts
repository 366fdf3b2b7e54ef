import type { Readable } from 'node:stream';
import type { Turns } from '../../core/turns.ts';
import { collectManifests, type ManifestAt } from '../container/collect-manifests.ts';
import { ContainerDocuments, missing, openBlobFile } from '../container/container-documents.ts';
import {
  checkLayoutVersion,
  decodeIndex,
  INDEX_FILE,
  isArtifact,
  LAYOUT_FILE,
  openVerifiedBlob,
} from '../../oci/index.ts';
import type { Image } from '../../oci/image.ts';
import type { ImageFiles } from '../container/image-files.ts';

import { once } from '../container/once.ts';

/** The images of an OCI layout, each opened: manifest and config read, verified, parsed. */
export async function layoutImages(files: ImageFiles, release: () => void, turns: Turns): Promise<Image[]> {
  const documents = new ContainerDocuments(files);
  const version = documents.bytesAt(LAYOUT_FILE);
  if (version !== null) checkLayoutVersion(version, files.name);
  const indexBytes = documents.bytesAt(INDEX_FILE) ?? missing(files, INDEX_FILE);
  const index = decodeIndex(indexBytes, `${files.name}: ${INDEX_FILE}`);
  const images: Image[] = [];
  for (const found of await collectManifests(files.name, documents, index.manifests, turns)) {
    await turns.take();
    // What refers to an image lies beside it in `index.json`.
    if (isArtifact(documents.manifest(found.descriptor).document)) continue;
    images.push(layoutImage(files, documents, found, release));
  }
  return images;
}

function layoutImage(
  files: ImageFiles,
  documents: ContainerDocuments,
  found: ManifestAt,
  release: () => void,
): Image {
  const { bytes: manifestBytes, document: manifest } = documents.manifest(found.descriptor);
  const { bytes: configBytes, document: config } = documents.config(manifest.config);
  const references = [...found.references];
  return {
    name: references[0] === undefined ? files.name : `${files.name}:${references[0]}`,
    manifestDescriptor: found.descriptor,
    manifest,
    manifestBytes,
    config,
    configBytes,
    references,
    openBlob: (descriptor): Readable =>
      openVerifiedBlob(openBlobFile(files, descriptor), descriptor, files.name),
    close: once(release),
  };
}
