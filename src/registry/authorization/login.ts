import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { makeDirectories } from '../../core/make-directories.ts';
import { readSmallFile } from '../../core/read-small-file.ts';
import { writeFileAtomically } from '../../core/write-file-atomically.ts';
import { RegistryClient } from '../registry-client.ts';
import { parseRegistryReference } from '../registry-reference.ts';
import { dockerConfigPath, readAuthFile } from './auth-files.ts';
import type { Credentials } from './credentials.ts';
import { credentialKey } from './find-credentials.ts';
import { eraseFromHelper, storeInHelper } from './credential-helper.ts';

export interface LoginOptions {
  readonly registry: string;
  readonly username: string;
  readonly password: string;
  readonly insecure?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const CONFIG_LIMIT_BYTES = 4 * 1024 * 1024;
const PRIVATE = 0o600;

/**
 * Asks the registry whether it lets these in, and keeps them where docker does: with its helper, where it has one that can
 * keep, else in its config.json. Answers where. Errors: REGISTRY when they are refused, NETWORK, WRITE_FAILED.
 */
export async function login({
  registry: text,
  username,
  password,
  insecure,
  signal,
}: LoginOptions): Promise<string> {
  const registry = registryName(text);
  if (username === '' || password === '')
    throw new MorselError('USAGE', 'a name and a password are needed to log in', {
      hint: 'give -u NAME, and the password with --password-stdin',
    });
  const credentials: Credentials & { kind: 'password' } = { kind: 'password', username, password };
  const client = new RegistryClient(registry, { credentials, insecure, signal });
  try {
    await client.ping();
  } finally {
    client.close();
  }
  const path = dockerConfigPath();
  const file = readAuthFile(path);
  const key = credentialKey(registry);
  const helper = file?.credHelpers?.[registry] ?? file?.credHelpers?.[key] ?? file?.credsStore;
  if (helper !== undefined && helper !== '') {
    await storeInHelper(helper, key, credentials);
    return `docker-credential-${helper}`;
  }
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  changeAuths(path, (auths) => ({ ...auths, [key]: { auth } }));
  return path;
}

/** Answers where they were; null where there were none. Errors: those of the file and of a helper. */
export async function logout(text: string): Promise<string | null> {
  const registry = registryName(text);
  const path = dockerConfigPath();
  const file = readAuthFile(path);
  if (file === null) return null;
  const key = credentialKey(registry);
  const helper = file.credHelpers?.[registry] ?? file.credHelpers?.[key] ?? file.credsStore;
  if (helper !== undefined && helper !== '') {
    await eraseFromHelper(helper, key);
    if (file.auths?.[key] === undefined) return `docker-credential-${helper}`;
  }
  if (file.auths?.[key] === undefined) return null;
  changeAuths(path, ({ [key]: _, ...others }) => others);
  return path;
}

/** `https://` and a path are left away, as users paste them. Error: USAGE. */
function registryName(text: string): string {
  const host = text.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return parseRegistryReference(`${host}/${host === 'docker.io' ? 'library/' : ''}x`).registry;
}

type Auths = Readonly<Record<string, unknown>>;

/** All else that is in the file stays as it is. */
function changeAuths(path: string, change: (auths: Auths) => Auths): void {
  const text = readSmallFile(path, CONFIG_LIMIT_BYTES)?.toString('utf8') ?? '';
  const document = (text === '' ? {} : JSON.parse(text)) as { readonly auths?: Auths };
  const auths = change(document.auths ?? {});
  if (!existsSync(dirname(path))) makeDirectories(dirname(path));
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? PRIVATE;
  writeFileAtomically(path, `${JSON.stringify({ ...document, auths }, null, '\t')}\n`, mode & 0o777);
}
