/** Apart, so that a build that writes an archive does not load the readers of layouts. */
export { addToLayout as publishIntoLayout } from '../../places/index.ts';
