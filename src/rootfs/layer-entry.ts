import type { ByteSource } from '../core/byte-source.ts';

/** One path of the layer that morsel writes, with the reason why it is there. Owner is 0:0 unless said. */
export type LayerEntry = LayerFile | LayerDirectory | LayerSymlink;

interface LayerEntryBase {
  /** Absolute inside the image, normalised: `/hello`. */
  readonly path: string;
  /** Why this path is in the image, with its evidence; shown by `build --format json`. */
  readonly reason: string;
  readonly uid?: number;
  readonly gid?: number;
}

export interface LayerFile extends LayerEntryBase {
  readonly kind: 'file';
  /** Normalised by the caller: 0o755 or 0o644 as a rule. */
  readonly mode: number;
  readonly sizeBytes: number;
  /** Opened when the layer is written, and closed after; called once for each pass. */
  open(): ByteSource;
  /** Extended attributes kept as `SCHILY.xattr.*` PAX records; names such as `security.capability`. */
  readonly xattrs?: Readonly<Record<string, Buffer>>;
}

export interface LayerDirectory extends LayerEntryBase {
  readonly kind: 'directory';
  readonly mode: number;
}

export interface LayerSymlink extends LayerEntryBase {
  readonly kind: 'symlink';
  readonly target: string;
}
