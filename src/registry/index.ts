import type { LoginOptions } from './authorization/login.ts';
import type { RegistryClient } from './registry-client.ts';
import type { RegistryOptions } from './registry-connection.ts';

export type { FetchedManifest, RegistryClient } from './registry-client.ts';
export type { LoginOptions } from './authorization/login.ts';
export type { RegistryOptions } from './registry-connection.ts';
export {
  formatRegistryReference,
  manifestName,
  namesRegistry,
  parseRegistryReference,
  type RegistryReference,
} from './registry-reference.ts';

/**
 * The verbs of distribution-spec for one registry; nothing is asked yet. Close it when done. Names are parsed at every
 * start: what speaks to registries is loaded where one is spoken to.
 */
export async function openRegistry(registry: string, options: RegistryOptions = {}): Promise<RegistryClient> {
  const { RegistryClient } = await import('./registry-client.ts');
  return new RegistryClient(registry, options);
}

/** Keeps a name and a password where docker does, once the registry has taken them. Errors: REGISTRY, NETWORK, WRITE_FAILED. */
export async function login(options: LoginOptions): Promise<string> {
  return (await import('./authorization/login.ts')).login(options);
}

/** Forgets them; null where there were none. Errors: CONFIG_INVALID, WRITE_FAILED. */
export async function logout(registry: string): Promise<string | null> {
  return (await import('./authorization/login.ts')).logout(registry);
}
