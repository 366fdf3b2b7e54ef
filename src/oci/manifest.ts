import type { Descriptor } from './descriptor.ts';

/** OCI image manifest (image-spec/manifest.md) or Docker's image manifest v2 schema 2; they differ in media types only. */
export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  /** Of what is no image: what it is. */
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  /** The image that it refers to. */
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}
