/** The public entry `morsel/oci`: images as values, and the places where they live. */
export { removeTree } from './core/remove-tree.ts';
export type { Compression } from './core/choices.ts';
export { decompress } from './layers/decompress.ts';
export { type ImageTree, imageTree } from './layers/image-tree.ts';
export { imageLayers, readLayer } from './layers/read-layer.ts';
export { type UnpackedImage, unpackImage, type UnpackOptions } from './layers/unpack-image.ts';
export type { WrittenLayer } from './layers/written-layer.ts';
export type { ImageConfig, RuntimeConfig } from './oci/config.ts';
export {
  decodeConfig,
  decodeIndex,
  decodeManifest,
  INDEX_MANIFESTS_LIMIT,
  LAYERS_LIMIT,
} from './oci/decode.ts';
export type { Descriptor, DiffId, Digest, Platform } from './oci/descriptor.ts';
export { blobPath, isDigest, sha256Digest } from './oci/digest.ts';
export { DEFAULT_PATH, parseEnvironment } from './oci/environment.ts';
export type { Image } from './oci/image.ts';
export { normaliseReference, qualifiedReference } from './oci/image-reference.ts';
export type { IndexDocument } from './oci/index-document.ts';
export type { Manifest } from './oci/manifest.ts';
export { isIndexMediaType, isManifestMediaType, MEDIA_TYPE } from './oci/media-types.ts';
export { METADATA_LIMIT_BYTES } from './oci/parse-json.ts';
export { formatPlatform, hostPlatform, matchesPlatform, parsePlatform } from './oci/platform.ts';
export { copyImage, type CopyOptions } from './places/copy-image.ts';
export type { BlobContent, Destination, FinishedImage, StoredBlob } from './places/destination.ts';
export { formatLocation, type Location, type LocationKind } from './places/location.ts';
export { openDestination, type WritableLocation } from './places/open-destination.ts';
export { openImage, type OpenImageOptions, openImages, withImage } from './places/open-image.ts';
export { parseLocation } from './places/parse-location.ts';
export { type ImageProblem, validateImage } from './places/validate-image.ts';
export { writeImage } from './places/write-image.ts';
export type {
  ImageOutput,
  ImageSize,
  LayerSource,
  WriteImageRequest,
  WrittenImage,
} from './places/write-request.ts';
