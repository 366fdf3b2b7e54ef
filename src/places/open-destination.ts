import { archiveDestination } from './archive/archive-destination.ts';
import type { Destination } from './destination.ts';
import type { RegistryLocation } from './location.ts';

/** Where an image can be written on this machine: one tar that is an OCI layout and a docker-archive at once, or a layout. */
export interface WritableLocation {
  readonly kind: 'archive' | 'layout';
  readonly path: string;
}

export interface OpenDestinationOptions {
  /** Of a registry: take plain http, and certificates that nobody vouches for. */
  readonly insecure?: boolean | undefined;
  /** A repository of the same registry that may have the blobs. */
  readonly mountFrom?: string | undefined;
}

/**
 * What reads images is loaded where there is one to read: most builds write an archive of one new layer. Errors:
 * WRITE_FAILED, DISK_FULL, and of a layout that is there IMAGE_INVALID, UNSUPPORTED and UNREADABLE.
 */
export async function openDestination(
  place: WritableLocation | RegistryLocation,
  signal: AbortSignal | undefined,
  options: OpenDestinationOptions = {},
): Promise<Destination> {
  switch (place.kind) {
    case 'archive':
      return archiveDestination(place.path, signal);
    case 'layout': {
      const { layoutDestination } = await import('./layout/layout-destination.ts');
      return layoutDestination(place.path, signal);
    }
    case 'registry': {
      const { registryDestination } = await import('./registry/registry-destination.ts');
      return registryDestination(place.reference, { signal, ...options });
    }
  }
}
