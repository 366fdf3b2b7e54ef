export { packageOwners } from './package-owners.ts';
export { type PackageFamily, packageFamily } from './package-family.ts';
