/** Whose a file of a source root is: what decides whether it may be packed by itself. */
export type Owner =
  /** A package's own; `package` as its manager names it, of several that have a directory the first. */
  | { readonly kind: 'package'; readonly package: string; readonly isShared: boolean }
  /** Beside the program, in a directory that is the program's own. */
  | { readonly kind: 'program' }
  /** Made on this machine out of what packages brought, where only packages put files: a cache, an index. */
  | { readonly kind: 'generated'; readonly by: string }
  /** Of an original image, in no package: it was put there to be shipped. */
  | { readonly kind: 'image' }
  /** This machine's own: configuration, local additions. Never packed by itself. `reason` in words. */
  | { readonly kind: 'machine'; readonly reason: string };
