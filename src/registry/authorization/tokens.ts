import * as v from 'valibot';
import { MorselError } from '../../core/errors.ts';
import { readBody, bytesBody, type HttpRequest, type HttpResponse } from '../transport/exchange.ts';
import { isLoopbackHost } from '../registry-reference.ts';
import type { Challenge } from './challenge.ts';
import { basicHeader, type Credentials } from './credentials.ts';

/** Sends a request to a token server: retried, redirected, bounded. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

const TOKEN_ANSWER_LIMIT_BYTES = 1024 * 1024;
/** RFC 6749 section 5.1; distribution's token specification calls it `token`. */
const answer = v.object({ token: v.optional(v.string()), access_token: v.optional(v.string()) });

export interface TokenRequest {
  readonly registry: string;
  readonly challenge: Challenge;
  /** `repository:NAME:pull,push` */
  readonly scopes: readonly string[];
  readonly credentials: Credentials | null;
  /** Whether the registry itself is asked by plain http. */
  readonly isPlain: boolean;
}

/**
 * A bearer token, by distribution's token specification: with a GET and a password or nobody's, with a POST and a refresh
 * token. Errors: REGISTRY, NETWORK, INTERRUPTED.
 */
export async function fetchToken(request: TokenRequest, send: Send): Promise<string> {
  const { challenge, scopes, credentials } = request;
  const url = realmOf(request);
  const service = challenge.parameters.get('service');
  const asked = scopes.length > 0 ? scopes : [challenge.parameters.get('scope') ?? ''].filter(Boolean);
  const response =
    credentials?.kind === 'token'
      ? await send(refreshRequest(url, service, asked, credentials.token))
      : await send(plainRequest(url, service, asked, credentials));
  const bytes = await readBody(response, TOKEN_ANSWER_LIMIT_BYTES);
  if (response.status !== 200) throw refused(request, url, response.status);
  const found = v.safeParse(answer, parsed(bytes));
  const token = found.success ? (found.output.token ?? found.output.access_token) : undefined;
  if (token === undefined || !/^[\x21-\x7e]+$/.test(token)) {
    throw new MorselError('REGISTRY', `${url.host} gave no token for ${request.registry}`, {
      hint: 'its token server answers wrongly: tell who runs it',
    });
  }
  return token;
}

function plainRequest(
  realm: URL,
  service: string | undefined,
  scopes: readonly string[],
  credentials: Credentials | null,
): HttpRequest {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (credentials?.kind !== 'password') return { method: 'GET', url };
  url.searchParams.set('account', credentials.username);
  return { method: 'GET', url, headers: { authorization: basicHeader(credentials) } };
}

function refreshRequest(
  url: URL,
  service: string | undefined,
  scopes: readonly string[],
  token: string,
): HttpRequest {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'morsel',
    refresh_token: token,
    scope: scopes.join(' '),
    ...(service !== undefined && { service }),
  });
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: bytesBody(Buffer.from(form.toString())),
  };
}

/**
 * Where the token server is, is the registry's word. A password does not go to it in the clear, nor, at the word of
 * another machine, to this one.
 */
function realmOf({ registry, challenge, isPlain }: TokenRequest): URL {
  const realm = challenge.parameters.get('realm') ?? '';
  const url = /^https?:\/\//i.test(realm) && URL.canParse(realm) ? new URL(realm) : null;
  const isLocal = url !== null && isLoopbackHost(url.host);
  const isSafe =
    url !== null &&
    (url.protocol === 'https:' || isLocal || isPlain) &&
    (!isLocal || isLoopbackHost(registry));
  if (isSafe) return url;
  throw new MorselError(
    'REGISTRY',
    `${registry} names a token server that is not trusted: ${realm.slice(0, 200)}`,
    {
      hint: 'a token server is asked by https; check the address of the registry',
    },
  );
}

function refused({ registry, credentials }: TokenRequest, url: URL, status: number): MorselError {
  const who = credentials === null ? 'anybody' : 'what it was given';
  return new MorselError('REGISTRY', `${url.host} gives ${who} no token for ${registry} (HTTP ${status})`, {
    hint: `run \`morsel login ${registry}\``,
  });
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null; // the caller says that it is no answer
  }
}
