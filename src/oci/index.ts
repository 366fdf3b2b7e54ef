/** What `unpackImage` has made holds directories that their owner may not write to. */
export { removeTree } from '../core/remove-tree.ts';
export { addToLayout } from './add-to-layout.ts';
export type { ImageConfig } from './config.ts';
export { decodeConfig, decodeIndex, decodeManifest, INDEX_MANIFESTS_LIMIT, LAYERS_LIMIT } from './decode.ts';
export { decompress } from './decompress.ts';
export type { Descriptor, DiffId, Digest, Platform } from './descriptor.ts';
export { blobPath, isDigest, sha256Digest } from './digest.ts';
export { DEFAULT_PATH, parseEnvironment } from './environment.ts';
export type { Image } from './image.ts';
export { normaliseReference, qualifiedReference } from './image-reference.ts';
export { type ImageTree, imageTree } from './image-tree.ts';
export type { IndexDocument } from './index-document.ts';
export type { Manifest } from './manifest.ts';
export { isIndexMediaType, isManifestMediaType, MEDIA_TYPE } from './media-types.ts';
export { openImage, type OpenImageOptions, openImages } from './open-image.ts';
export { METADATA_LIMIT_BYTES } from './parse-json.ts';
export { formatPlatform, hostPlatform, matchesPlatform, parsePlatform } from './platform.ts';
export { imageLayers, readLayer } from './read-layer.ts';
export { type UnpackedImage, unpackImage, type UnpackOptions } from './unpack-image.ts';
export { type ImageProblem, validateImage } from './validate-image.ts';
export { writeImage } from './write-image.ts';
export type {
  Compression,
  ImageOutput,
  ImageSize,
  LayerSource,
  RuntimeConfig,
  WriteImageRequest,
  WrittenImage,
  WrittenLayer,
} from './write-request.ts';
