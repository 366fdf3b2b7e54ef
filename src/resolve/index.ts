export { apply, type ApplyOptions, requireKubectl } from './apply.ts';
export type { ResolvedImage } from './build-images.ts';
export { resolve, type ResolvedDocuments, type ResolveOptions } from './resolve.ts';
