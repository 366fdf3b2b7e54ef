import { archiveDestination } from './archive/archive-destination.ts';
import type { Destination } from './destination.ts';

/** Where an image can be written: one tar that is an OCI layout and a docker-archive at once, or a layout directory. */
export interface WritableLocation {
  readonly kind: 'archive' | 'layout';
  readonly path: string;
}

/**
 * What reads images is loaded where there is one to read: most builds write an archive of one new layer. Errors:
 * WRITE_FAILED, DISK_FULL, and of a layout that is there IMAGE_INVALID, UNSUPPORTED and UNREADABLE.
 */
export async function openDestination(
  { kind, path }: WritableLocation,
  signal: AbortSignal | undefined,
): Promise<Destination> {
  switch (kind) {
    case 'archive':
      return archiveDestination(path, signal);
    case 'layout': {
      const { layoutDestination } = await import('./layout/layout-destination.ts');
      return layoutDestination(path, signal);
    }
  }
}
