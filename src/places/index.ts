export { copyImage } from './copy-image.ts';
export { chooseEngine } from './engine/choose-engine.ts';
export { loadIntoEngine, type LoadedImage, type LoadOptions } from './engine/load-into-engine.ts';
export type { EngineLocation, Location, TreeLocation } from './location.ts';
export { openDestination } from './open-destination.ts';
export { openImage, withImage } from './open-image.ts';
export { type MadeImage, openTree, type OpenTree } from './open-tree.ts';
export { isLocation, parseLocation, parseTreeLocation } from './parse-location.ts';
export { writeImage } from './write-image.ts';
export type { ImageSize, LayerSource, WrittenImage } from './write-request.ts';
export { besideImage } from './beside-image.ts';
export { readReferrer } from './container/read-referrer.ts';
export { holdsLayout } from './layout/layout-place.ts';
export { attachReferrer } from './layout/attach-referrer.ts';
export type { WritableLocation } from './open-destination.ts';
export { skopeoName } from './location.ts';
export { formatRegistryReference } from '../registry/index.ts';
export type { ContentSource } from './content-source.ts';
export { contentOfIndex, type PlatformImage } from './content-of-index.ts';
export { copyContent } from './copy-content.ts';
export { copyReferrers } from './copy-referrers.ts';
export {
  type ImageLocation,
  ENGINE_TRANSPORT,
  isImageName,
  formatLocation,
  hasPath,
  REGISTRY_TRANSPORT,
  type RegistryLocation,
  withoutTransport,
} from './location.ts';
export { openContent } from './open-content.ts';
export type { OpenImageOptions } from './open-image.ts';
export { isLayout } from './path-kind.ts';
