import { MorselError } from '../core/errors.ts';
import { type EngineName } from '../core/choices.ts';
import { isDirectory } from '../core/stat-path.ts';
import { normaliseReference } from '../oci/index.ts';
import { namesRegistry, parseRegistryReference } from '../registry/index.ts';
import {
  isImageName,
  REGISTRY_TRANSPORT,
  withoutTransport,
  isLayout,
  type RegistryLocation,
  type WritableLocation,
} from '../places/index.ts';

/** An engine's own store, which its command writes. */
export interface EnginePlace {
  readonly kind: 'engine';
  readonly engine: EngineName;
  readonly name: string | undefined;
}

/** Where an image is to be written, and what it is to be called there; without a name, as at its source. */
export type DestinationPlace =
  | { readonly place: RegistryLocation; readonly name?: undefined }
  | { readonly place: WritableLocation; readonly name: string | undefined }
  | { readonly place: EnginePlace; readonly name?: undefined };

const TRANSPORT = /^(oci|oci-archive|docker-daemon|podman):([^]+)$/;
const ENGINE_OF: Readonly<Record<string, EngineName>> = { 'docker-daemon': 'docker', podman: 'podman' };

/**
 * `docker://NAME` or a name with its registry; `oci:DIR[:NAME]`, `DIR/` or a layout that is there; `oci-archive:FILE[:NAME]`
 * or `FILE.tar[:NAME]`; `docker-daemon:NAME`, `podman:NAME`. Error: USAGE.
 */
export function parseDestination(text: string): DestinationPlace {
  if (text.startsWith(REGISTRY_TRANSPORT)) return inRegistry(withoutTransport(text));
  const [, transport = '', rest = ''] = TRANSPORT.exec(text) ?? [];
  const engine = ENGINE_OF[transport];
  if (engine !== undefined) return { place: { kind: 'engine', engine, name: normaliseReference(rest) } };
  if (transport === 'oci') return named('layout', rest, /^([^:]+)(?::(.+))?$/);
  if (transport === 'oci-archive') return named('archive', rest, /^([^:]+)(?::(.+))?$/);
  if (text.endsWith('/')) return { place: { kind: 'layout', path: text }, name: undefined };
  if (/\.tar(?::|$)/.test(text)) return named('archive', text, /^(.*?\.tar)(?::(.+))?$/);
  if (isDirectory(text) && isLayout(text)) return { place: { kind: 'layout', path: text }, name: undefined };
  if (namesRegistry(text)) return inRegistry(text);
  throw new MorselError('USAGE', `${JSON.stringify(text)} does not say what kind of place it is`, {
    hint: 'write docker://NAME for a registry, FILE.tar for an archive, DIR/ for a layout, docker-daemon:NAME or podman:NAME for an engine',
  });
}

function inRegistry(name: string): DestinationPlace {
  return { place: { kind: 'registry', reference: parseRegistryReference(name) } };
}

function named(kind: WritableLocation['kind'], text: string, pattern: RegExp): DestinationPlace {
  const [, path = text, name] = pattern.exec(text) ?? [];
  if (name === undefined) return { place: { kind, path }, name: undefined };
  if (isImageName(name)) return { place: { kind, path }, name: normaliseReference(name) };
  throw new MorselError('USAGE', `${JSON.stringify(name)} is not the name of an image`, {
    hint: 'write it as name, name:tag or registry.example.com/name:tag, in lower case',
  });
}
