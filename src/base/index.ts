export { openBase } from './open-base.ts';
export type { BaseImage } from './open-base.ts';
