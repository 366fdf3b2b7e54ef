import { homedir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { MorselError } from '../../core/errors.ts';
import { readSmallFile } from '../../core/read-small-file.ts';

const words = v.optional(v.record(v.string(), v.string()));

/** docker's config.json and podman's auth.json (containers-auth.json(5)): of the same form, but for `credsStore`. */
const authFile = v.looseObject({
  auths: v.optional(
    v.record(
      v.string(),
      v.looseObject({ auth: v.optional(v.string()), identitytoken: v.optional(v.string()) }),
    ),
  ),
  credHelpers: words,
  credsStore: v.optional(v.string()),
});

export type AuthFile = v.InferOutput<typeof authFile>;

const AUTH_FILE_LIMIT_BYTES = 4 * 1024 * 1024;

/** In the order in which they are asked: what names a file comes first, then podman's, then docker's. */
export function authFilePaths(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const home = env['HOME'] ?? homedir();
  const set = (name: string): string | null => env[name] || null;
  const named = set('REGISTRY_AUTH_FILE');
  const runtime = set('XDG_RUNTIME_DIR');
  const dockerFolder = set('DOCKER_CONFIG');
  const docker = dockerConfigPath(env);
  if (named !== null) return [named];
  if (dockerFolder !== null) return [docker];
  const podman = [
    ...(runtime === null ? [] : [join(runtime, 'containers/auth.json')]),
    join(set('XDG_CONFIG_HOME') ?? join(home, '.config'), 'containers/auth.json'),
  ];
  return [docker, ...podman];
}

/** Where `login` keeps what it is told, as `docker login` and `crane auth login` do. */
export function dockerConfigPath(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['DOCKER_CONFIG'] || join(env['HOME'] ?? homedir(), '.docker'), 'config.json');
}

/** null where there is no such file. Errors: UNREADABLE, CONFIG_INVALID. */
export function readAuthFile(path: string): AuthFile | null {
  const bytes = readSmallFile(path, AUTH_FILE_LIMIT_BYTES);
  if (bytes === null || bytes.length === 0) return null;
  try {
    return v.parse(authFile, JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    // Its text is secret: a parser's message may quote it.
    const where = v.isValiError(cause) ? ` at ${v.getDotPath(cause.issues[0]) ?? 'its top'}` : '';
    throw new MorselError('CONFIG_INVALID', `${path} is no file of credentials${where}`, {
      hint: `mend it, or move it away and run \`morsel login REGISTRY\` again`,
    });
  }
}
