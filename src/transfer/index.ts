export { copyBetween as copy } from './copy-between.ts';
export { copyToEach } from './copy-to-each.ts';
export { readImageFile } from './read-image-file.ts';
export { readConfig, readDigest as imageDigest, readManifest } from './read-document.ts';
export { listTags, removeImage, setTag as tagImage } from './registry-verbs.ts';
export { pullSource, pushTargets, targetsBelow } from './targets.ts';
export { login, logout } from '../registry/index.ts';
