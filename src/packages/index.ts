export { namedInScripts } from './dpkg-scripts.ts';
export { mergedName } from './merged-name.ts';
export type { FileDigest, PackageRecord } from './owned-path.ts';
export { type PackageFamily, packageFamily } from './package-family.ts';
export { packageOwners, packageRecords } from './package-owners.ts';
export { rpmRecords } from './rpm.ts';
