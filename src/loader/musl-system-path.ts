import type { LoadStart } from './load.ts';
import { muslDirectories } from './path-list.ts';

const DEFAULT_PATH = '/lib:/usr/local/lib:/usr/lib';
const PATH_FILE_LIMIT_BYTES = 64 * 1024;

/**
 * `<prefix>/etc/ld-musl-<arch>.path`, where the interpreter is `<prefix>/lib/ld-musl-<arch>.so.1`; the built-in list
 * when there is no such file, and no directory at all when it cannot be read.
 */
export function muslSystemPath(start: LoadStart): readonly string[] {
  const path = muslPathFile(start.interpreter.path);
  const { session } = start;
  const bytes = session.readSmallFile(path, PATH_FILE_LIMIT_BYTES);
  if (bytes !== null) return muslDirectories(bytes.toString('utf8'));
  return session.tree.resolve(path) === null ? muslDirectories(DEFAULT_PATH) : [];
}

/** Where musl looks for its search path, by the path of its loader. */
function muslPathFile(interpreter: string): string {
  const arch = /ld-musl-([^/]+?)\.so\.1$/.exec(interpreter)?.[1] ?? 'x86_64';
  // dynlink.c cuts the last two components off.
  const prefix = interpreter.startsWith('/') ? interpreter.split('/').slice(0, -2).join('/') : '';
  return `${prefix}/etc/ld-musl-${arch}.path`;
}
