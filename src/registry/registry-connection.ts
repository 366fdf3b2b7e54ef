import { MorselError } from '../core/errors.ts';
import type { Credentials } from './authorization/credentials.ts';
import { type Challenge, parseChallenges } from './authorization/challenge.ts';
import { networkError } from './registry-error.ts';
import { apiHost, isLoopbackHost } from './registry-reference.ts';
import { Agents } from './transport/agents.ts';
import { exchange, type HttpRequest, type HttpResponse } from './transport/exchange.ts';
import { follow } from './transport/follow.ts';
import { backoffMs, isPassingError, TRIES_LIMIT, wait, waitAfter } from './transport/retry.ts';

export interface RegistryOptions {
  /** Take plain http, and certificates that nobody vouches for. Loopback is asked by plain http in any case. */
  readonly insecure?: boolean | undefined;
  /** Instead of what docker's and podman's files say; null: as anybody. */
  readonly credentials?: Credentials | null | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RegistryRequest extends Omit<HttpRequest, 'url'> {
  /** Below the registry, `/v2/…`, or an address that it named. */
  readonly url: string | URL;
  /** What a token must allow: `repository:library/alpine:pull`. */
  readonly scopes: readonly string[];
  /** false: after a break, the caller knows how to go on. */
  readonly isRepeatable?: boolean;
}

/** How a registry is reached, found out by the first request: distribution-spec, "Determining Support". */
interface Reached {
  readonly base: URL;
  /** What it wants to see; null: it answers anybody. */
  readonly challenge: Challenge | null;
}

/** Connections to one registry, who asks, and what was allowed. Close it when done. */
export class RegistryConnection {
  readonly registry: string;
  readonly #options: RegistryOptions;
  readonly #agents: Agents;
  #reached: Promise<Reached> | null = null;
  #credentials: Promise<Credentials | null> | null = null;
  readonly #tokens = new Map<string, Promise<string>>();

  constructor(registry: string, options: RegistryOptions = {}) {
    this.registry = registry;
    this.#options = options;
    this.#agents = new Agents({ insecure: options.insecure === true });
  }

  close(): void {
    this.#agents.close();
  }

  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  /**
   * The head of an answer, whatever its status; asked again while what went wrong may pass. Errors: NETWORK, REGISTRY
   * (what it answers cannot be), INTERRUPTED, those of credentials.
   */
  async send(request: RegistryRequest): Promise<HttpResponse> {
    const { base } = await this.#reach();
    const url = typeof request.url === 'string' ? new URL(request.url, base) : request.url;
    const sent = { ...request, url };
    const tries = request.isRepeatable === false ? 1 : TRIES_LIMIT;
    return this.#repeated(sent, tries, () => this.#authorised(sent));
  }

  async #repeated(
    { url }: Pick<HttpRequest, 'url'>,
    tries: number,
    ask: () => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    for (let tried = 0; ; tried += 1) {
      const isLast = tried + 1 >= tries;
      const answer = await ask().catch((error: unknown) => {
        if (isLast || !isPassingError(error)) throw networkError(error, url);
        return null;
      });
      const waitMs = answer === null ? backoffMs(tried) : waitAfter(answer, tried);
      if (answer !== null && (waitMs === null || isLast)) return answer;
      answer?.body.resume();
      await wait(waitMs ?? 0, this.signal);
    }
  }

  /** With a token where the registry wants one; one that it does not take any more is renewed once. */
  async #authorised(request: HttpRequest & RegistryRequest & { readonly url: URL }): Promise<HttpResponse> {
    const { challenge } = await this.#reach();
    const first = await this.#follow(request, await this.#authorization(challenge, request.scopes));
    if (first.status !== 401) return first;
    const renewed = chosenChallenge(first) ?? challenge;
    if (renewed === null || request.body?.isOnce === true) return first;
    first.body.resume();
    this.#tokens.delete(request.scopes.join(' '));
    return this.#follow(request, await this.#authorization(renewed, request.scopes));
  }

  #follow(request: HttpRequest, authorization: string | null): Promise<HttpResponse> {
    return follow(request, authorization, (sent) => this.#exchange(sent));
  }

  async #exchange(request: HttpRequest): Promise<HttpResponse> {
    return exchange(request, await this.#agents.for(request.url), this.signal);
  }

  async #authorization(challenge: Challenge | null, scopes: readonly string[]): Promise<string | null> {
    if (challenge === null) return null;
    const credentials = await this.#known(scopes);
    if (challenge.scheme === 'basic') {
      if (credentials?.kind !== 'password') return null;
      return (await import('./authorization/credentials.ts')).basicHeader(credentials);
    }
    const key = scopes.join(' ');
    const known = this.#tokens.get(key) ?? this.#fetchToken(challenge, scopes, credentials);
    this.#tokens.set(key, known);
    known.catch(() => this.#tokens.delete(key));
    return `Bearer ${await known}`;
  }

  async #fetchToken(
    challenge: Challenge,
    scopes: readonly string[],
    credentials: Credentials | null,
  ): Promise<string> {
    const { fetchToken } = await import('./authorization/tokens.ts');
    const { base } = await this.#reach();
    const request = {
      registry: this.registry,
      challenge,
      scopes,
      credentials,
      isPlain: base.protocol === 'http:',
    };
    return fetchToken(request, (sent) => this.#repeated(sent, TRIES_LIMIT, () => this.#followToken(sent)));
  }

  /** The password goes to the token server that the registry named, and not where that one may send. */
  #followToken({ headers, ...request }: HttpRequest): Promise<HttpResponse> {
    const { authorization, ...others } = headers ?? {};
    return this.#follow({ ...request, headers: others }, authorization ?? null);
  }

  #known(scopes: readonly string[]): Promise<Credentials | null> {
    const { credentials } = this.#options;
    if (credentials !== undefined) return Promise.resolve(credentials);
    this.#credentials ??= import('./authorization/find-credentials.ts')
      .then(({ findCredentials }) => findCredentials(this.registry, repositoryOf(scopes), this.signal))
      .then((found) => found?.credentials ?? null);
    return this.#credentials;
  }

  #reach(): Promise<Reached> {
    if (this.#reached === null) {
      this.#reached = this.#determine();
      this.#reached.catch(() => {
        this.#reached = null;
      });
    }
    return this.#reached;
  }

  async #determine(): Promise<Reached> {
    const host = apiHost(this.registry);
    const isLocal = isLoopbackHost(host);
    const schemes = isLocal
      ? ['http:', 'https:']
      : this.#options.insecure === true
        ? ['https:', 'http:']
        : ['https:'];
    let failure: unknown;
    for (const scheme of schemes) {
      const base = new URL(`${scheme}//${host}/v2/`);
      try {
        const isLast = scheme === schemes.at(-1);
        const answer = await this.#repeated({ url: base }, isLast ? TRIES_LIMIT : 1, () =>
          this.#follow({ method: 'GET', url: base }, null),
        );
        answer.body.resume();
        // Servers of https say 400 to who speaks plain http.
        if (answer.status === 400 && !isLast) continue;
        return { base, challenge: challengeOf(answer, this.registry) };
      } catch (error) {
        if (error instanceof MorselError && error.code !== 'NETWORK') throw error;
        failure ??= error;
      }
    }
    throw failure;
  }
}

function repositoryOf(scopes: readonly string[]): string {
  return scopes[0]?.split(':')[1] ?? '';
}

function challengeOf(answer: HttpResponse, registry: string): Challenge | null {
  if (answer.status === 401) return chosenChallenge(answer);
  if (answer.status < 300 || answer.status === 403) return null;
  throw new MorselError('REGISTRY', `${registry} is no registry: it answers HTTP ${answer.status} to /v2/`, {
    hint: 'check its name and port',
  });
}

/** The first that we know: a registry that offers a token wants that. */
function chosenChallenge({ headers }: HttpResponse): Challenge | null {
  const challenges = parseChallenges(headers['www-authenticate'] ?? '');
  return challenges.find(({ scheme }) => scheme === 'bearer' || scheme === 'basic') ?? null;
}
