export { runImage, type RunImageOptions, type RunImageResult } from './run-image.ts';
