export type { ImageConfig } from './config.ts';
export type { Descriptor, DiffId, Digest, Platform } from './descriptor.ts';
export type { Image } from './image.ts';
export type { Manifest } from './manifest.ts';
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
