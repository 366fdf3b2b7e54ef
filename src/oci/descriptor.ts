/** `sha256:<64 hex>` of the bytes as stored (compressed). */
export type Digest = `sha256:${string}` & { readonly __brand: 'Digest' };
/** `sha256:<64 hex>` of a layer's *uncompressed* tar: `rootfs.diff_ids` of the image config. */
export type DiffId = `sha256:${string}` & { readonly __brand: 'DiffId' };

/** OCI content descriptor (image-spec/descriptor.md). Sizes are bytes. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  /** Of a manifest that is no image's. */
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Platform;
}

/** OCI platform (image-spec/image-index.md), with Go's names: `linux`, `amd64`. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}
