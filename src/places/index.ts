export { addToLayout } from './layout/add-to-layout.ts';
export { looksLikeArchive } from './looks-like-archive.ts';
export { openImage } from './open-image.ts';
export { writeImage } from './write-image.ts';
export type { ImageSize, LayerSource, WrittenImage } from './write-request.ts';
