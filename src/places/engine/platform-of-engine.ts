import type { EngineName } from '../../core/choices.ts';
import { MorselError } from '../../core/errors.ts';
import { runCommand } from '../../core/run-command.ts';
import { parsePlatform, type Platform } from '../../oci/index.ts';
import { ENGINE_TRANSPORT } from '../location.ts';

const ASK_TIMEOUT_MS = 60_000;

/** The server's of docker, which may be another machine; podman's own where it runs. */
const ASKED: Readonly<Record<EngineName, readonly string[]>> = {
  docker: ['version', '--format', '{{.Server.Os}}/{{.Server.Arch}}'],
  podman: ['version', '--format', '{{with .Server}}{{.OsArch}}{{else}}{{.Client.OsArch}}{{end}}'],
};

/** Whose programs an engine runs. Error: ENGINE_FAILED where it does not say. */
export async function platformOfEngine(
  engine: EngineName,
  signal: AbortSignal | undefined,
): Promise<Platform> {
  const command = { program: engine, args: ASKED[engine], purpose: `ask ${engine} for its platform` };
  const { exitCode, stdout, stderr } = await runCommand(command, { signal, timeoutMs: ASK_TIMEOUT_MS });
  const said = stdout.trim();
  try {
    if (exitCode === 0) return parsePlatform(said);
  } catch {
    // no platform: said below
  }
  throw new MorselError('ENGINE_FAILED', `${engine} does not say its platform: ${stderr.trim() || said}`, {
    hint: `load one of the images by hand: morsel copy --platform linux/amd64 FILE.tar ${ENGINE_TRANSPORT[engine]}:NAME`,
  });
}
