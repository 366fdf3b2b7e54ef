export type { ImageConfig } from './config.ts';
export { decodeConfig, decodeIndex, decodeManifest, INDEX_MANIFESTS_LIMIT, LAYERS_LIMIT } from './decode.ts';
export type { Descriptor, DiffId, Digest, Platform } from './descriptor.ts';
export { blobPath, isDigest, sha256Digest } from './digest.ts';
export { DEFAULT_PATH, parseEnvironment } from './environment.ts';
export type { Image } from './image.ts';
export { normaliseReference, qualifiedReference } from './image-reference.ts';
export type { IndexDocument } from './index-document.ts';
export type { Manifest } from './manifest.ts';
export { isIndexMediaType, isManifestMediaType, MEDIA_TYPE } from './media-types.ts';
export { METADATA_LIMIT_BYTES } from './parse-json.ts';
export { formatPlatform, hostPlatform, matchesPlatform, parsePlatform } from './platform.ts';
export { checkLayoutVersion, decodeDockerManifest } from './decode.ts';
export { diffIdOfHex, digestOfHex } from './digest.ts';
export { DAMAGED_IMAGE_HINT, OVERSIZED_IMAGE_HINT, SEVERAL_IMAGES_HINT } from './hints.ts';
export { DOCKER_MANIFEST_FILE, INDEX_FILE, LAYOUT_FILE, LAYOUT_VERSION_BYTES } from './image-layout.ts';
export { encodeConfig, encodeManifest } from './image-metadata.ts';
export {
  checkBlobDigest,
  checkBlobSize,
  openVerifiedBlob,
  readChunks,
  readVerifiedBlob,
} from './verified-blob.ts';
export { EMPTY_JSON, encodeReferrer, isArtifact } from './artifact.ts';
export { readBytes } from './read-bytes.ts';
