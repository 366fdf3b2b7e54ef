import { join } from 'node:path';
import type { EngineName } from '../core/choices.ts';
import { MorselError } from '../core/errors.ts';
import { runCommand } from '../core/run-command.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/temporary-folder.ts';
import { parseTreeLocation, type ImageLocation } from '../places/index.ts';

const ENGINE_IMAGE = /^(docker-daemon|podman):(\S+)$/;

/**
 * A place to read an image from, for as long as `use` takes: an engine's is saved by its own command first. Errors: those
 * of `parseLocation`; USAGE for what holds no image; ENGINE_FAILED, TOOLCHAIN_MISSING.
 */
export async function withSource<T>(
  text: string,
  { signal }: { readonly signal?: AbortSignal | undefined },
  use: (location: ImageLocation) => Promise<T>,
): Promise<T> {
  const [, transport, name] = ENGINE_IMAGE.exec(text) ?? [];
  if (transport === undefined || name === undefined) return use(imageLocation(text));
  const folder = makeTemporaryFolder('save');
  try {
    const path = join(folder, 'image.tar');
    await saveFromEngine(transport === 'podman' ? 'podman' : 'docker', name, path, signal);
    return await use({ kind: 'docker-archive', path });
  } finally {
    removeTemporaryFolder(folder);
  }
}

function imageLocation(text: string): ImageLocation {
  const location = parseTreeLocation(text);
  if (location.kind !== 'root') return location;
  throw new MorselError('USAGE', `${text} is a directory, and no image`, {
    hint: 'give an archive, an OCI layout, or docker://NAME of a registry',
  });
}

async function saveFromEngine(
  engine: EngineName,
  name: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const command = { program: engine, args: ['save', '-o', path, '--', name], purpose: `save ${name}` };
  const { exitCode, stderr } = await runCommand(command, { signal });
  if (exitCode === 0) return;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  throw new MorselError('ENGINE_FAILED', `${engine} does not give ${name}: ${said.slice(0, 300)}`, {
    hint: `look for it with \`${engine} images\``,
  });
}
