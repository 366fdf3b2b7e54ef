import { join } from 'node:path';
import { formatCommand } from '../../core/command.ts';
import { MorselError } from '../../core/errors.ts';
import { runCommand } from '../../core/run-command.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../core/temporary-folder.ts';
import type { Location } from '../location.ts';
import { parseLocation } from '../parse-location.ts';

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Where an image was loaded. */
export interface LoadedImage {
  readonly engine: 'docker' | 'podman';
  /** The engine's own words. */
  readonly output: string;
}

/** A load copies a local file; an engine that takes longer has hung. */
const LOAD_TIMEOUT_MS = 600_000;

/**
 * Loads an image through the user's own `docker` or `podman` command, which knows contexts and DOCKER_HOST. A whole
 * archive is read by the engine as it lies there; a layout, or one image of several, is copied into an archive first.
 * Errors: ENGINE_FAILED with what each engine said, TOOLCHAIN_MISSING when there is none, those of reading an image.
 */
export async function loadIntoEngine(
  place: Location | string,
  options: LoadOptions = {},
): Promise<LoadedImage> {
  const location = typeof place === 'string' ? parseLocation(place) : place;
  if (!isReadByEngines(location)) return loadCopy(location, options);
  const { path } = location;
  const line = formatCommand({ program: 'docker', args: ['load', '-i', path], purpose: 'load' });
  return loadArchive(path, `the image is written, and what loads it is: ${line}`, options);
}

function isReadByEngines(location: Location): boolean {
  const { kind } = location;
  return (
    kind === 'file' || ((kind === 'archive' || kind === 'docker-archive') && location.name === undefined)
  );
}

/** What reads images is loaded where one is to be copied. */
async function loadCopy(location: Location, options: LoadOptions): Promise<LoadedImage> {
  const [{ withImage }, { copyImage }, { archiveDestination }] = await Promise.all([
    import('../open-image.ts'),
    import('../copy-image.ts'),
    import('../archive/archive-destination.ts'),
  ]);
  const folder = makeTemporaryFolder('load');
  try {
    const path = join(folder, 'image.tar');
    const { signal } = options;
    await withImage(location, options, (image) => copyImage(image, archiveDestination(path, signal)));
    return await loadArchive(path, 'load it again when the engine runs', options);
  } finally {
    removeTemporaryFolder(folder);
  }
}

/** `next`: what to do once there is an engine. */
async function loadArchive(path: string, next: string, { signal }: LoadOptions): Promise<LoadedImage> {
  const failures: string[] = [];
  for (const engine of ['docker', 'podman'] as const) {
    const command = { program: engine, args: ['load', '-i', path], purpose: `load into ${engine}` };
    const result = await runCommand(command, { signal, timeoutMs: LOAD_TIMEOUT_MS }).catch(
      (error: unknown) => {
        if (error instanceof MorselError && error.code === 'TOOLCHAIN_MISSING') return null;
        throw error;
      },
    );
    if (result?.exitCode === 0) return { engine, output: result.stdout.trim() };
    if (result !== null)
      failures.push(`${engine}: ${result.stderr.trim() || `exit ${result.exitCode ?? result.signal}`}`);
  }
  if (failures.length === 0) {
    throw new MorselError('TOOLCHAIN_MISSING', 'neither docker nor podman is installed', {
      hint: `install one of them; ${next}`,
    });
  }
  throw new MorselError('ENGINE_FAILED', failures.join('; '), { hint: `start the engine; ${next}` });
}
