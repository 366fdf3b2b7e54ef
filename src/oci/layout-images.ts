import type { Readable } from 'node:stream';
import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import {
  decodeConfig,
  decodeIndex,
  decodeLayoutVersion,
  decodeManifest,
  METADATA_LIMIT_BYTES,
} from './decode.ts';
import type { Descriptor } from './descriptor.ts';
import { blobPath, sha256Digest } from './digest.ts';
import type { Image } from './image.ts';
import type { ImageFiles } from './image-files.ts';
import { INDEX_FILE, LAYOUT_FILE, REF_NAME } from './index-json.ts';
import { isIndexMediaType, isManifestMediaType } from './media-types.ts';
import { openVerifiedBlob, readVerifiedBlob } from './verified-blob.ts';

/** An index may hold indexes: `index.json` -> multi-platform index -> manifests is the deepest that tools write. */
const INDEX_DEPTH_LIMIT = 4;
/** Images of one container that are opened; each costs its manifest and its config. */
const IMAGES_LIMIT = 1024;

/** The images of an OCI layout, each opened: manifest and config read, verified, parsed. */
export async function layoutImages(files: ImageFiles, release: () => void): Promise<Image[]> {
  const version = readSmall(files, LAYOUT_FILE);
  if (version !== null) checkVersion(version, files.name);
  const indexBytes = readSmall(files, INDEX_FILE) ?? missing(files, INDEX_FILE);
  const index = decodeIndex(indexBytes, `${files.name}: ${INDEX_FILE}`);
  const found: ManifestAt[] = [];
  collectManifests(files, index.manifests, [], 0, found);
  const byDigest = new Map<string, { descriptor: Descriptor; references: string[] }>();
  for (const { descriptor, references } of found) {
    const known = byDigest.get(descriptor.digest);
    if (known === undefined) byDigest.set(descriptor.digest, { descriptor, references: [...references] });
    else known.references.push(...references);
  }
  return [...byDigest.values()].map(({ descriptor, references }) =>
    layoutImage(files, descriptor, references, release),
  );
}

interface ManifestAt {
  readonly descriptor: Descriptor;
  readonly references: readonly string[];
}

function collectManifests(
  files: ImageFiles,
  descriptors: readonly Descriptor[],
  outerReferences: readonly string[],
  depth: number,
  found: ManifestAt[],
): void {
  if (depth > INDEX_DEPTH_LIMIT) {
    throw new MorselError(
      'LIMIT_EXCEEDED',
      `${files.name}: indexes are nested deeper than ${INDEX_DEPTH_LIMIT}`,
    );
  }
  for (const descriptor of descriptors) {
    const own = descriptor.annotations?.[REF_NAME];
    const references = own === undefined ? outerReferences : [own];
    if (isIndexMediaType(descriptor.mediaType)) {
      const bytes = readVerifiedBlob(openBlobFile(files, descriptor), descriptor, files.name);
      const inner = decodeIndex(bytes, `${files.name}: index ${descriptor.digest}`);
      collectManifests(files, inner.manifests, references, depth + 1, found);
    } else if (isManifestMediaType(descriptor.mediaType) && !isAttestation(descriptor)) {
      found.push({ descriptor, references });
    }
    if (found.length > IMAGES_LIMIT) {
      throw new MorselError('LIMIT_EXCEEDED', `${files.name} holds more than ${IMAGES_LIMIT} images`);
    }
  }
}

/** BuildKit puts provenance beside images as manifests of the platform unknown/unknown. */
function isAttestation({ platform, annotations }: Descriptor): boolean {
  return (
    annotations?.['vnd.docker.reference.type'] === 'attestation-manifest' ||
    (platform?.os === 'unknown' && platform.architecture === 'unknown')
  );
}

function layoutImage(
  files: ImageFiles,
  manifestDescriptor: Descriptor,
  references: readonly string[],
  release: () => void,
): Image {
  const read = (descriptor: Descriptor): Buffer =>
    readVerifiedBlob(openBlobFile(files, descriptor), descriptor, files.name);
  const manifestBytes = read(manifestDescriptor);
  const manifest = decodeManifest(manifestBytes, `${files.name}: manifest ${manifestDescriptor.digest}`);
  const configBytes = read(manifest.config);
  const config = decodeConfig(configBytes, `${files.name}: config ${manifest.config.digest}`);
  return {
    name: references[0] === undefined ? files.name : `${files.name}:${references[0]}`,
    manifestDescriptor: { ...manifestDescriptor, digest: sha256Digest(manifestBytes) },
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

export function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}

function openBlobFile(files: ImageFiles, descriptor: Descriptor): ByteSource {
  return files.open(blobPath(descriptor.digest)) ?? missing(files, `the blob ${descriptor.digest}`);
}

function missing(files: ImageFiles, what: string): never {
  throw new MorselError('IMAGE_INVALID', `${files.name}: ${what} is missing`, {
    hint: 'the image is incomplete: copy or build it again',
  });
}

/** A small file of the container in one piece; null when it is not there. Errors: LIMIT_EXCEEDED. */
export function readSmall(files: ImageFiles, path: string): Buffer | null {
  const source = files.open(path);
  if (source === null) return null;
  try {
    if (source.sizeBytes > METADATA_LIMIT_BYTES) {
      throw new MorselError(
        'LIMIT_EXCEEDED',
        `${files.name}: ${path} is larger than ${METADATA_LIMIT_BYTES} bytes`,
      );
    }
    return source.read(0, source.sizeBytes);
  } finally {
    source.close();
  }
}

function checkVersion(bytes: Buffer, name: string): void {
  const version = decodeLayoutVersion(bytes, `${name}: ${LAYOUT_FILE}`);
  if (!version.startsWith('1.')) {
    throw new MorselError('UNSUPPORTED', `${name} is an OCI layout of version ${version}; known is 1.0.0`);
  }
}
