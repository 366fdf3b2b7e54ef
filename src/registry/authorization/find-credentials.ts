import { type AuthFile, authFilePaths, readAuthFile } from './auth-files.ts';
import { askHelper } from './credential-helper.ts';
import type { Credentials, FoundCredentials } from './credentials.ts';

/** The key under which docker keeps Docker Hub's, from the days of its first API. */
const HUB_KEY = 'https://index.docker.io/v1/';

/** The key of a registry in docker's files and helpers. */
export function credentialKey(registry: string): string {
  return registry === 'docker.io' ? HUB_KEY : registry;
}

/**
 * What this machine knows of a registry: in the files that docker and podman keep, or by the helpers that these name.
 * null: nothing, and it is asked as anybody. Errors: those of reading such a file, and of a helper.
 */
export async function findCredentials(
  registry: string,
  repository: string,
  signal: AbortSignal | undefined,
): Promise<FoundCredentials | null> {
  for (const path of authFilePaths()) {
    const file = readAuthFile(path);
    if (file === null) continue;
    const credentials = await credentialsIn(file, registry, repository, signal);
    if (credentials !== null) return { credentials, from: path };
  }
  return null;
}

async function credentialsIn(
  file: AuthFile,
  registry: string,
  repository: string,
  signal: AbortSignal | undefined,
): Promise<Credentials | null> {
  const key = credentialKey(registry);
  const helper = file.credHelpers?.[registry] ?? file.credHelpers?.[key];
  if (helper !== undefined) return askHelper(helper, key, signal);
  if (file.credsStore !== undefined && file.credsStore !== '') {
    const stored = await askHelper(file.credsStore, key, signal);
    if (stored !== null) return stored;
  }
  return inAuths(file, registry, repository);
}

/** containers-auth.json(5): the most specific of `host/a/b`, `host/a`, `host` wins; docker's keys may be addresses. */
function inAuths({ auths = {} }: AuthFile, registry: string, repository: string): Credentials | null {
  const entries = new Map(Object.entries(auths).map(([key, entry]) => [plainKey(key), entry]));
  const parts = repository.split('/');
  for (let length = parts.length; length >= 0; length -= 1) {
    const entry = entries.get([registry, ...parts.slice(0, length)].join('/'));
    if (entry === undefined) continue;
    const { identitytoken: token } = entry;
    if (token !== undefined && token !== '') return { kind: 'token', token };
    const found = passwordOf(entry.auth ?? '');
    if (found !== null) return found;
  }
  return null;
}

function plainKey(key: string): string {
  const host = key
    .replace(/^https?:\/\//, '')
    .replace(/\/v[12]\/?$/, '')
    .replace(/\/+$/, '');
  return host === 'index.docker.io' ? 'docker.io' : host;
}

/** A password may have colons, a name has none (RFC 7617). */
function passwordOf(auth: string): Credentials | null {
  const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  if (colon <= 0) return null;
  return { kind: 'password', username: text.slice(0, colon), password: text.slice(colon + 1) };
}
