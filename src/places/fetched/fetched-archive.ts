import { join } from 'node:path';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../core/temporary-folder.ts';
import type { EngineLocation, PathLocation, StdinLocation } from '../location.ts';
import { saveFromEngine } from './save-from-engine.ts';
import { spoolStdin } from './spool-stdin.ts';

/** What is not at a path and can be had only whole. */
export type FetchedLocation = EngineLocation | StdinLocation;

/** It, in a temporary archive of this process; `remove` it when it is read. */
export interface FetchedArchive {
  readonly location: PathLocation & { readonly kind: 'archive' | 'docker-archive' };
  remove(): void;
}

/** Errors: ENGINE_FAILED, TOOLCHAIN_MISSING; USAGE where stdin is a terminal; WRITE_FAILED, DISK_FULL, INTERRUPTED. */
export async function fetchArchive(
  location: FetchedLocation,
  signal: AbortSignal | undefined,
): Promise<FetchedArchive> {
  const folder = makeTemporaryFolder('fetched');
  try {
    const path = join(folder, 'image.tar');
    if (location.kind === 'engine') await saveFromEngine(location, path, signal);
    else await spoolStdin(path, signal);
    // podman saves what docker does; what comes by stdin may be of either kind.
    const kind = location.kind === 'engine' ? 'docker-archive' : 'archive';
    return { location: { kind, path }, remove: () => removeTemporaryFolder(folder) };
  } catch (error) {
    removeTemporaryFolder(folder);
    throw error;
  }
}
