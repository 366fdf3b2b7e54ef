export { openBase } from './open-base.ts';
export type { BaseImage, OpenBaseOptions } from './open-base.ts';
