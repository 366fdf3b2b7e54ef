/** Of a file as a package brought it. */
export interface FileDigest {
  readonly algorithm: 'md5' | 'sha1' | 'sha256';
  readonly hex: string;
}

/** Whose a path is by a package database. */
export interface PackageRecord {
  readonly package: string;
  /** A directory that others have too: `package` is the first of them. */
  readonly isShared: boolean;
  /** Of a configuration file, which an administrator may have changed since; null for all else. */
  readonly configuration: FileDigest | null;
}

/** Told of each path of a database, by the name that stands there. */
export type OwnedPath = (path: string, owner: string, configuration?: FileDigest) => void;
