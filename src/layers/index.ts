export { type AppliedLayer, applyLayers } from './apply-layers.ts';
export { COMPRESSION_MAGIC_BYTES, compressionOf } from './compression-kind.ts';
export { decompressedFile } from './decompressed-file.ts';
export { type ImageTree, imageTree } from './image-tree.ts';
export { layerWriter } from './layer-writer.ts';
export { imageLayers, readLayer } from './read-layer.ts';
export { UnpackBudget } from './unpack-budget.ts';
export { type UnpackedImage, unpackImage } from './unpack-image.ts';
export type { WrittenLayer } from './written-layer.ts';
