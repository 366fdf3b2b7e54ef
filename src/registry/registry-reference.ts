import { MorselError } from '../core/errors.ts';
import { type Digest, isDigest } from '../oci/index.ts';

/** A repository of a registry, and which of its manifests: by tag, by digest, or neither, which is `latest`. */
export interface RegistryReference {
  /** As users write it: `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly registry: string;
  /** `library/alpine` */
  readonly repository: string;
  readonly tag?: string | undefined;
  readonly digest?: Digest | undefined;
}

/** Docker Hub has one name for people, and another where its API is. */
const HUB = 'docker.io';
const HUB_NAMES: ReadonlySet<string> = new Set([HUB, 'index.docker.io', 'registry-1.docker.io']);
const HUB_API = 'registry-1.docker.io';

/** distribution-spec, "Pulling manifests": `<name>` and `<reference>`. */
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[[0-9a-fA-F:.]{2,45}\])(?::\d{1,5})?$/;
/** The spec asks clients for no limit; docker has this one for the whole name. */
const NAME_LIMIT = 255;

/** Whether the first part of a name can only be a registry, as docker decides it: a dot, a port, or localhost. */
export function namesRegistry(text: string): boolean {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  return HOST.test(first) && (/[.:]/.test(first) || first === 'localhost' || first.startsWith('['));
}

/**
 * `[REGISTRY/]NAME[:TAG][@DIGEST]`, as docker reads it: without a registry it is Docker Hub's, and one word there is
 * `library/…`. Error: USAGE.
 */
export function parseRegistryReference(text: string): RegistryReference {
  const [named = '', digest, ...more] = text.split('@');
  const hasRegistry = namesRegistry(named);
  const slash = named.indexOf('/');
  const host = hasRegistry ? named.slice(0, slash) : HUB;
  const rest = hasRegistry ? named.slice(slash + 1) : named;
  const colon = rest.lastIndexOf(':');
  const tag = colon > rest.lastIndexOf('/') ? rest.slice(colon + 1) : undefined;
  const name = tag === undefined ? rest : rest.slice(0, colon);
  const registry = HUB_NAMES.has(host) ? HUB : host;
  const repository = registry === HUB && !name.includes('/') ? `library/${name}` : name;
  const isSound =
    more.length === 0 &&
    text.length <= NAME_LIMIT + 256 &&
    named.length <= NAME_LIMIT + 129 &&
    REPOSITORY.test(repository) &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || isDigest(digest));
  if (!isSound) {
    throw new MorselError('USAGE', `${JSON.stringify(text)} is not the name of an image in a registry`, {
      hint: 'write it as registry.example.com/name:tag or registry.example.com/name@sha256:…, in lower case',
    });
  }
  return { registry, repository, tag, digest: digest as Digest | undefined };
}

/** The text of which `parseRegistryReference` makes the same reference; without a tag and a digest, `:latest`. */
export function formatRegistryReference({ registry, repository, tag, digest }: RegistryReference): string {
  const name = `${registry}/${repository}`;
  if (tag === undefined && digest === undefined) return `${name}:latest`;
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** The host and port to which requests go. */
export function apiHost(registry: string): string {
  return registry === HUB ? HUB_API : registry;
}

/** What the distribution spec calls `<reference>`: a digest names one manifest for ever, so it wins. */
export function manifestName({ tag, digest }: RegistryReference): string {
  return digest ?? tag ?? 'latest';
}

/** This machine itself: only there is plain http taken without being asked for (as docker does for 127.0.0.0/8). */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    /^127(?:\.\d{1,3}){3}$/.test(name) ||
    name === '::1'
  );
}
