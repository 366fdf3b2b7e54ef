import type { ByteSource } from '../core/byte-source.ts';

export type TarKind =
  'file' | 'directory' | 'symlink' | 'hardlink' | 'character-device' | 'block-device' | 'fifo';

/** What a tar header says of one member. Names are as stored: relative or absolute, `./` and `..` kept. */
export interface TarHeader {
  readonly kind: TarKind;
  /** Without the trailing slash that marks directories. Bytes that are not UTF-8: see `decodeName`. */
  readonly path: string;
  /** 0o7777 at most. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whole seconds since the epoch; a PAX fraction is dropped, times before 1970 are negative. */
  readonly mtimeSeconds: number;
  /** Of the content that follows; 0 for all but files. */
  readonly sizeBytes: number;
  /** Of symlinks (target text) and hard links (path of an earlier member); '' otherwise. */
  readonly linkTarget: string;
  /** From `SCHILY.xattr.*` PAX records. */
  readonly xattrs: Readonly<Record<string, Buffer>>;
}

/** A member to write. */
export type TarEntry = TarFileEntry | TarDirectoryEntry | TarSymlinkEntry;

interface TarEntryBase {
  /** Relative, `/`-separated, normalised: `usr/bin/hello`. */
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
}

export interface TarFileEntry extends TarEntryBase {
  readonly kind: 'file';
  readonly mode: number;
  readonly sizeBytes: number;
  /** Called once; closed when its bytes have been written. */
  open(): ByteSource;
  readonly xattrs?: Readonly<Record<string, Buffer>> | undefined;
}

export interface TarDirectoryEntry extends TarEntryBase {
  readonly kind: 'directory';
  readonly mode: number;
}

export interface TarSymlinkEntry extends TarEntryBase {
  readonly kind: 'symlink';
  readonly target: string;
}
