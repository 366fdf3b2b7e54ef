import type { Descriptor, DiffId } from '../oci/descriptor.ts';

export interface WrittenLayer {
  readonly descriptor: Descriptor;
  readonly diffId: DiffId;
  /** The uncompressed tar. */
  readonly tarBytes: number;
}
