import { runCommand } from '../../core/run-command.ts';
import { MorselError } from '../../core/errors.ts';

/** Where an image was loaded. */
export interface LoadedImage {
  readonly engine: 'docker' | 'podman';
  /** The engine's own words. */
  readonly output: string;
}

/** A load copies a local file; an engine that takes longer has hung. */
const LOAD_TIMEOUT_MS = 600_000;

/**
 * Loads an archive through the user's own `docker` or `podman` command, which knows contexts and DOCKER_HOST.
 * Errors: ENGINE_FAILED with what each engine said, TOOLCHAIN_MISSING when there is none.
 */
export async function loadIntoEngine(
  path: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<LoadedImage> {
  const failures: string[] = [];
  for (const engine of ['docker', 'podman'] as const) {
    const command = { program: engine, args: ['load', '-i', path], purpose: `load into ${engine}` };
    const result = await runCommand(command, { signal: options.signal, timeoutMs: LOAD_TIMEOUT_MS }).catch(
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
      hint: `install one of them; the image is written, and what loads it is: docker load -i ${path}`,
    });
  }
  throw new MorselError('ENGINE_FAILED', failures.join('; '), {
    hint: `start the engine; the image is written, and what loads it is: docker load -i ${path}`,
  });
}
