import type { Descriptor } from './descriptor.ts';

/** OCI image manifest (image-spec/manifest.md) or Docker's image manifest v2 schema 2; they differ in media types only. */
export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}
