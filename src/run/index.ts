export type { Receipt } from '../proof/index.ts';
export { prove, type ProveOptions } from './prove.ts';
export { runImage, type RunImageOptions, type RunImageResult } from './run-image.ts';
