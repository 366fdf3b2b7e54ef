import { MorselError } from '../../core/errors.ts';
import { runCommand } from '../../core/run-command.ts';
import type { EngineLocation } from '../location.ts';

/** An image as `docker save` writes it, by the engine's own command. Errors: ENGINE_FAILED, TOOLCHAIN_MISSING, INTERRUPTED. */
export async function saveFromEngine(
  { engine, name }: EngineLocation,
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
