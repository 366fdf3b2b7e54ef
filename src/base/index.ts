export { openBase, type BaseImage, type OpenBaseOptions } from './open-base.ts';
export { openBaseTree, type BaseTree } from './open-base-tree.ts';
