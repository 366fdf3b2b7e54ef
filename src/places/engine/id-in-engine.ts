import type { EngineName } from '../../core/choices.ts';
import { MorselError } from '../../core/errors.ts';
import { runCommand } from '../../core/run-command.ts';
import { sha256Digest } from '../../oci/index.ts';
import { openImages } from '../open-image.ts';
import { parseLocation } from '../parse-location.ts';

const ID_TIMEOUT_MS = 60_000;
const ID_LINE = /^(?:sha256:)?([0-9a-f]{64})$/;

/**
 * Of the image of an archive that was loaded, its id there. docker's classic store and podman name an image by the digest
 * of its config, containerd's store by that of its manifest, and none of them runs the other: so the engine is asked for
 * both. null where the archive has several images. Errors: ENGINE_FAILED where the engine has neither; those of reading it.
 */
export async function idInEngine(
  archive: string,
  engine: EngineName,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const digests = await digestsOf(archive, signal);
  if (digests === null) return null;
  for (const digest of digests) {
    const command = {
      program: engine,
      args: ['image', 'inspect', '--format', '{{.Id}}', digest],
      purpose: `ask ${engine} for the image`,
    };
    const { exitCode, stdout } = await runCommand(command, { signal, timeoutMs: ID_TIMEOUT_MS });
    const [, hex] = ID_LINE.exec(stdout.trim()) ?? [];
    // An engine may find one by the other; what it then runs is what it names.
    if (exitCode === 0 && digests.includes(`sha256:${hex}`)) return `sha256:${hex}`;
  }
  throw new MorselError('ENGINE_FAILED', `${engine} took the archive, and has no image of it`, {
    hint: `look for it with \`${engine} images\``,
  });
}

/** Of the config and of the manifest of the only image. */
async function digestsOf(
  archive: string,
  signal: AbortSignal | undefined,
): Promise<readonly [string, string] | null> {
  const images = await openImages(parseLocation(archive), { signal });
  try {
    const [only, ...others] = images;
    if (only === undefined || others.length > 0) return null;
    return [only.manifest.config.digest, sha256Digest(only.manifestBytes)];
  } finally {
    for (const image of images) image.close();
  }
}
