import { join } from 'node:path';
import type { EngineName } from '../../core/choices.ts';
import { formatCommand } from '../../core/command.ts';
import { MorselError } from '../../core/errors.ts';
import { runCommand } from '../../core/run-command.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../core/temporary-folder.ts';
import type { Platform } from '../../oci/index.ts';
import { hasPath, type Location, type PathLocation } from '../location.ts';
import { parseLocation } from '../parse-location.ts';
import { chooseEngine } from './choose-engine.ts';
import { idInEngine } from './id-in-engine.ts';
import { platformOfEngine } from './platform-of-engine.ts';

export interface LoadOptions {
  /** As `chooseEngine` gives it, which is asked by default. */
  readonly engine?: EngineName | undefined;
  /** It has images of several platforms, of which the engine's own is loaded. */
  readonly isOfSeveral?: boolean | undefined;
  /** Which of them; default: the engine's own. */
  readonly platform?: Platform | undefined;
  /** Of a registry: take plain http, and certificates that nobody vouches for. */
  readonly insecure?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where an image was loaded. */
export interface LoadedImage {
  /** Which has it now. */
  readonly engine: EngineName;
  /** `sha256:…`: by which this engine runs just this image; null where several were loaded. */
  readonly id: string | null;
  /** The engine's own words. */
  readonly output: string;
}

/** A load copies a local file; an engine that takes longer has hung. */
const LOAD_TIMEOUT_MS = 600_000;

/**
 * Loads an image through the user's own `docker` or `podman` command, which knows contexts and DOCKER_HOST. A whole
 * archive is read by the engine as it lies there; a layout, or one image of several, is copied into an archive first.
 * Errors: those of `chooseEngine`; ENGINE_FAILED with what the engine said; those of reading an image.
 */
export async function loadIntoEngine(
  place: Location | string,
  options: LoadOptions = {},
): Promise<LoadedImage> {
  const location = typeof place === 'string' ? parseLocation(place) : place;
  const engine = options.engine ?? (await chooseEngine(options));
  if (options.isOfSeveral === true || !isReadByEngines(location)) return loadCopy(location, engine, options);
  const { path } = location;
  const line = formatCommand({ program: engine, args: ['load', '-i', path], purpose: 'load' });
  return loadArchive(path, engine, `the image is written, and what loads it is: ${line}`, options);
}

function isReadByEngines(location: Location): location is PathLocation {
  if (!hasPath(location)) return false;
  const { kind } = location;
  return (
    kind === 'file' || ((kind === 'archive' || kind === 'docker-archive') && location.name === undefined)
  );
}

/** What reads images is loaded where one is to be copied. */
async function loadCopy(location: Location, engine: EngineName, options: LoadOptions): Promise<LoadedImage> {
  const [{ withImage }, { copyImage }, { archiveDestination }] = await Promise.all([
    import('../open-image.ts'),
    import('../copy-image.ts'),
    import('../archive/archive-destination.ts'),
  ]);
  const folder = makeTemporaryFolder('load');
  try {
    const path = join(folder, 'image.tar');
    const { signal, isOfSeveral, insecure } = options;
    const platform =
      options.platform ?? (isOfSeveral === true ? await platformOfEngine(engine, signal) : undefined);
    await withImage(location, { signal, platform, insecure }, (image) =>
      copyImage(image, archiveDestination(path, signal)),
    );
    return await loadArchive(path, engine, 'load it again when the engine runs', options);
  } finally {
    removeTemporaryFolder(folder);
  }
}

/** `next`: what to do once the engine takes it. */
async function loadArchive(
  path: string,
  engine: EngineName,
  next: string,
  { signal }: LoadOptions,
): Promise<LoadedImage> {
  const command = { program: engine, args: ['load', '-i', path], purpose: `load into ${engine}` };
  const result = await runCommand(command, { signal, timeoutMs: LOAD_TIMEOUT_MS });
  if (result.exitCode !== 0) {
    const said = result.stderr.trim() || `exit ${result.exitCode ?? result.signal}`;
    throw new MorselError('ENGINE_FAILED', `${engine}: ${said}`, { hint: `look at the engine; ${next}` });
  }
  return { engine, id: await idInEngine(path, engine, signal), output: result.stdout.trim() };
}
