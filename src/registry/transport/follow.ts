import { MorselError } from '../../core/errors.ts';
import { isLoopbackHost } from '../registry-reference.ts';
import { type HttpRequest, type HttpResponse, placeOf } from './exchange.ts';

/** To a storage service, and from there to another, is two. */
const REDIRECTS_LIMIT = 5;
const REDIRECT: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a request and follows where it is sent on. What says who asks stays with the first scheme, host and port: the
 * storage to which registries send their clients has its own signature in the address. Error: REGISTRY.
 */
export async function follow(
  request: HttpRequest,
  authorization: string | null,
  send: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  let { url } = request;
  for (let followed = 0; followed <= REDIRECTS_LIMIT; followed += 1) {
    const isOwn = url.origin === request.url.origin;
    const headers = {
      ...request.headers,
      ...(isOwn && authorization !== null && { authorization }),
    };
    const response = await send({ ...request, url, headers });
    const { location } = response.headers;
    if (!REDIRECT.has(response.status) || location === undefined) return response;
    response.body.resume();
    url = nextUrl(location, url, request);
  }
  throw new MorselError('REGISTRY', `${placeOf(request.url)} is sent on more than ${REDIRECTS_LIMIT} times`, {
    hint: 'the registry answers wrongly: tell who runs it',
  });
}

/** An address that a registry names: for a redirect or the next step of an upload. Error: REGISTRY. */
export function nextUrl(location: string, from: URL, { url: first }: Pick<HttpRequest, 'url'>): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : null;
  const problem =
    next === null || !/^https?:$/.test(next.protocol)
      ? 'which is no http or https address'
      : next.protocol === 'http:' && from.protocol === 'https:'
        ? 'which is not encrypted'
        : isLoopbackHost(next.host) && !isLoopbackHost(first.host)
          ? 'which is this machine itself'
          : null;
  if (problem === null && next !== null) return next;
  throw new MorselError('REGISTRY', `${first.host} sends to ${location.slice(0, 200)}, ${problem}`, {
    hint: 'the registry answers wrongly: tell who runs it',
  });
}
