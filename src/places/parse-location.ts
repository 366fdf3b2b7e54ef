import { existsSync, statSync } from 'node:fs';
import { unreadable } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { isDirectory } from '../core/stat-path.ts';
import { PATH_LIMIT_BYTES } from '../core/path-limits.ts';
import { namesRegistry, parseRegistryReference } from '../registry/index.ts';
import {
  isImageName,
  type Location,
  type PathLocation,
  REGISTRY_TRANSPORT,
  STDIN,
  TRANSPORTS,
  type TreeLocation,
  withoutTransport,
} from './location.ts';
import { kindOfPath } from './path-kind.ts';

const TRANSPORT = new RegExp(`^(${Object.keys(TRANSPORTS).join('|')}):(\\S[^]*)$`);
/** containers-transports(5): what skopeo reads and morsel does not. */
const FOREIGN_TRANSPORT = /^(?:dir|containers-storage):\S/;
const IN_ENGINE = /^(docker-daemon|podman):(\S+)$/;
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//;

const REGISTRY_HINT = 'an image of a registry is docker://NAME';

/**
 * `FILE.tar`, `DIR`, either with `:NAME`, an image of a registry (`docker://NAME`, `ghcr.io/me/x:1`), or with a transport: `oci:DIR[:NAME]`, `oci-archive:FILE[:NAME]`,
 * `docker-archive:FILE[:NAME]`; of an engine `docker-daemon:NAME`, `podman:NAME`; `-` is an archive by stdin. What exists as it is written is never split; a NAME may have colons and slashes.
 * Errors: NOT_FOUND, UNREADABLE, UNSUPPORTED (`dir:…`), USAGE (a NAME of what holds no images).
 */
export function parseLocation(text: string): Location {
  if (text === STDIN) return { kind: 'stdin' };
  if (existsSync(text)) return { kind: kindOfPath(text), path: text };
  const [, engine, nameThere = ''] = IN_ENGINE.exec(text) ?? [];
  if (engine !== undefined)
    return { kind: 'engine', engine: engine === 'podman' ? 'podman' : 'docker', name: nameThere };
  if (text.startsWith(REGISTRY_TRANSPORT)) return inRegistry(withoutTransport(text));
  const [, transport, rest] = TRANSPORT.exec(text) ?? [];
  const found = splitAtPath(rest ?? text);
  if (found === null && transport === undefined && isRegistryName(text)) return inRegistry(text);
  if (found === null) throw absent(text, rest);
  const { path, name } = found;
  if (transport !== undefined) {
    return checkedDirectory({ kind: TRANSPORTS[transport as keyof typeof TRANSPORTS], path, name }, text);
  }
  const kind = kindOfPath(path);
  if (kind !== 'root' && kind !== 'file') return { kind, path, name };
  throw new MorselError('USAGE', `${path} holds no images from which ${name} could be chosen`, {
    hint: `give an archive or an OCI layout, or leave out \`:${name}\``,
  });
}

/** Where one file alone is of no use: it is read as an archive, and who reads it says that it is none. Errors: the same. */
export function parseTreeLocation(text: string): TreeLocation {
  const location = parseLocation(text);
  return location.kind === 'file' ? { kind: 'archive', path: location.path } : location;
}

/** Whether a text can only be meant as a location, as far as its form and what exists can tell. Throws nothing. */
export function isLocation(text: string): boolean {
  if (existsSync(text)) return true;
  if (/\s/.test(text)) return false;
  if (TRANSPORT.test(text) || FOREIGN_TRANSPORT.test(text) || IN_ENGINE.test(text)) return true;
  if (text.startsWith(REGISTRY_TRANSPORT) || isRegistryName(text)) return true;
  const found = splitAtPath(text);
  return found !== null && holdsImages(found.path);
}

function inRegistry(name: string): Location {
  return { kind: 'registry', reference: parseRegistryReference(name) };
}

/** As docker decides it, and only with a path that a registry takes: `./a.b/c` and `a.tar/x` are files that are absent. */
function isRegistryName(text: string): boolean {
  if (!namesRegistry(text) || /\.(?:tar|tgz|gz|zst)(?:[/:]|$)/.test(text)) return false;
  try {
    parseRegistryReference(text);
    return true;
  } catch {
    return false; // a path that is not there, and its reader says so
  }
}

function holdsImages(path: string): boolean {
  try {
    return !['root', 'file'].includes(kindOfPath(path));
  } catch {
    return false; // a device, or not for this user: whoever opens it says so
  }
}

/** The longest beginning at which something is, and the name that follows: paths have colons too. */
function splitAtPath(text: string): { readonly path: string; readonly name: string | undefined } | null {
  if (existsSync(text)) return { path: text, name: undefined };
  for (let at = text.lastIndexOf(':', PATH_LIMIT_BYTES); at > 0; at = text.lastIndexOf(':', at - 1)) {
    const path = text.slice(0, at);
    const name = text.slice(at + 1);
    if (isImageName(name) && existsSync(path)) return { path, name };
  }
  return null;
}

/** `oci:` is a directory in every tool; the others are files, or what was unpacked from one. */
function checkedDirectory(location: PathLocation, text: string): PathLocation {
  if (location.kind !== 'layout' || isDirectory(location.path)) return location;
  throw new MorselError('USAGE', `${location.path} is a file, and no OCI layout, as ${text} says`, {
    hint: 'leave out `oci:`, or write oci-archive:FILE',
  });
}

/** `rest`: what follows a transport. */
function absent(text: string, rest: string | undefined): MorselError {
  if (FOREIGN_TRANSPORT.test(text) || ADDRESS.test(text)) {
    const hint = FOREIGN_TRANSPORT.test(text)
      ? `copy it first: skopeo copy ${text} oci-archive:IMAGE.tar`
      : REGISTRY_HINT;
    return new MorselError(
      'UNSUPPORTED',
      `${text}: morsel reads archives, OCI layouts, directories, and registries`,
      { hint },
    );
  }
  const cause = whyAbsent(rest ?? text);
  if (cause !== null) return unreadable(rest ?? text, cause);
  return new MorselError('NOT_FOUND', `${text}: no such file or directory`, {
    hint: `check the path; ${REGISTRY_HINT}`,
  });
}

const NOTHING_THERE: ReadonlySet<string | undefined> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ERR_INVALID_ARG_VALUE',
]);

/** Why nothing can be seen at a path, where that is more than its absence: too long, a circle of links, not permitted. */
function whyAbsent(path: string): unknown {
  try {
    statSync(path);
    return null;
  } catch (cause) {
    return NOTHING_THERE.has((cause as NodeJS.ErrnoException).code) ? null : cause;
  }
}
