import type { Agent } from 'node:http';
import { MorselError } from '../../core/errors.ts';

export interface AgentOptions {
  /** Take a certificate that nobody vouches for. */
  readonly insecure: boolean;
}

/** Connections to one host at once: blobs are sent side by side, and asked for while others come. */
export const CONNECTIONS_LIMIT = 6;

/** Kept-alive connections, one pool a scheme, host and proxy; to be closed when all is done. */
export class Agents {
  readonly #insecure: boolean;
  readonly #made = new Map<string, Promise<Agent>>();

  constructor({ insecure }: AgentOptions) {
    this.#insecure = insecure;
  }

  /** Error: USAGE for a proxy that is no URL. */
  for(url: URL): Promise<Agent> {
    const key = `${url.protocol}//${url.host}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = this.#make(url);
    this.#made.set(key, made);
    return made;
  }

  close(): void {
    for (const agent of this.#made.values())
      void agent.then(
        (made) => made.destroy(),
        () => {}, // it was never made
      );
  }

  async #make(url: URL): Promise<Agent> {
    const proxy = await proxyFor(url);
    const common = { keepAlive: true, maxSockets: CONNECTIONS_LIMIT };
    if (url.protocol === 'http:') {
      if (proxy === null) return new (process.getBuiltinModule('node:http').Agent)(common);
      const { HttpProxyAgent } = await import('hpagent');
      return new HttpProxyAgent({ ...common, proxy });
    }
    const { trustedCertificates } = await import('./trusted-certificates.ts');
    const tls = { ...common, ca: [...trustedCertificates(url.host)], rejectUnauthorized: !this.#insecure };
    if (proxy === null) return new (process.getBuiltinModule('node:https').Agent)(tls);
    const { HttpsProxyAgent } = await import('hpagent');
    return new HttpsProxyAgent({ ...tls, proxy });
  }
}

/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in either case, as curl and Go read them; null: asked directly. */
async function proxyFor(url: URL): Promise<URL | null> {
  if (!/^(?:https?|all)_proxy$/im.test(Object.keys(process.env).join('\n'))) return null;
  const { getProxyForUrl } = await import('proxy-from-env');
  const text = getProxyForUrl(url.href);
  if (text === '') return null;
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return new URL(text);
  // Its text may have a password.
  throw new MorselError('USAGE', `the proxy for ${url.host} is no http or https address`, {
    hint: `correct HTTPS_PROXY, or add ${url.hostname} to NO_PROXY`,
  });
}
