export { copyImage } from './copy-image.ts';
export { loadIntoEngine, type LoadedImage } from './engine/load-into-engine.ts';
export type { Location, TreeLocation } from './location.ts';
export { openDestination } from './open-destination.ts';
export { openImage, withImage } from './open-image.ts';
export { openTree } from './open-tree.ts';
export { isLocation, parseLocation } from './parse-location.ts';
export { writeImage } from './write-image.ts';
export type { ImageSize, LayerSource, WrittenImage } from './write-request.ts';
