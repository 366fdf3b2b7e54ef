import { join } from 'node:path';

/**
 * Where morsel keeps what it can make again: `$XDG_CACHE_HOME/morsel`, or `~/.cache/morsel`.
 * https://specifications.freedesktop.org/basedir-spec: a relative XDG_CACHE_HOME is to be ignored.
 */
export function defaultCacheDirectory(): string {
  const xdg = process.env['XDG_CACHE_HOME'];
  return join(xdg !== undefined && xdg.startsWith('/') ? xdg : join(home(), '.cache'), 'morsel');
}

/** As `os.homedir()`; that module is loaded only where HOME does not answer, since every start asks. */
function home(): string {
  const { HOME } = process.env;
  return HOME === undefined || HOME === '' ? process.getBuiltinModule('node:os').homedir() : HOME;
}
