import type { Descriptor } from './descriptor.ts';

/** OCI image index (image-spec/image-index.md) or Docker's manifest list; `index.json` of a layout is one. */
export interface IndexDocument {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}
