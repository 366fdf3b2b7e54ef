import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { MorselError } from '../../core/errors.ts';
import { VERSION } from '../../core/version.ts';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type HttpHeaders = Readonly<Record<string, string>>;

export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers?: HttpHeaders;
  /** Opened anew for each try, unless it can be once only. */
  readonly body?: RequestBody | undefined;
}

export interface RequestBody {
  /** null: sent in chunks. */
  readonly sizeBytes: number | null;
  /** What it has is gone when it was sent. */
  readonly isOnce?: boolean;
  open(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface HttpResponse {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** To be read to its end or destroyed: else its connection is never used again. */
  readonly body: IncomingMessage;
}

/** For a connection, and between two signs of life on one: registries answer an upload after they have hashed it. */
const SILENCE_LIMIT_MS = 60_000;
/** Node's own limit, named: all headers of one answer. */
const HEADERS_LIMIT_BYTES = 16 * 1024;

/**
 * One request and the head of its answer: no redirect is followed, no status is an error. Errors of the network come as
 * they are, with their `code`; INTERRUPTED; those of the body.
 */
export async function exchange(
  { method, url, headers = {}, body }: HttpRequest,
  agent: Agent,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  throwIfInterrupted(signal, url);
  const { request: open } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  const length = body === undefined ? emptyBodyHeaders(method) : bodyHeaders(body);
  const request = open(url, {
    method,
    agent,
    headers: { 'user-agent': `morsel/${VERSION}`, ...headers, ...length },
    maxHeaderSize: HEADERS_LIMIT_BYTES,
  });
  const stop = (): void => void request.destroy(interrupted(url));
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await answerOf(request, url, body);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function answerOf(request: ClientRequest, url: URL, body: RequestBody | undefined): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    request.setTimeout(SILENCE_LIMIT_MS, () => request.destroy(silence(url)));
    request.on('error', reject);
    request.on('response', (response) => {
      // Without a listener, an error of a body that nobody reads any more would end the process.
      response.on('error', () => {});
      resolve({ url, status: response.statusCode ?? 0, headers: response.headers, body: response });
    });
    if (body === undefined) return void request.end();
    // A registry may answer before it has read all, and close: then its answer says more than the broken pipe.
    pipeline(Readable.from(body.open(), { objectMode: false }), request).catch((error: unknown) => {
      setImmediate(() => reject(error instanceof Error ? error : new Error(String(error))));
    });
  });
}

function bodyHeaders({ sizeBytes }: RequestBody): HttpHeaders {
  return sizeBytes === null ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(sizeBytes) };
}

/** Some registries want to be told that nothing comes. */
function emptyBodyHeaders(method: HttpMethod): HttpHeaders {
  return method === 'POST' || method === 'PUT' || method === 'PATCH' ? { 'content-length': '0' } : {};
}

/** A body in one piece. */
export function bytesBody(bytes: Uint8Array): RequestBody {
  return { sizeBytes: bytes.length, open: () => [bytes] };
}

/** What a registry says of an error, its manifests and its lists: no answer but a blob is longer. Error: LIMIT_EXCEEDED. */
export async function readBody({ body, url }: HttpResponse, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) {
      body.destroy();
      throw new MorselError('LIMIT_EXCEEDED', `${placeOf(url)} answers with more than ${limitBytes} bytes`, {
        hint: 'no sound registry does: check its address',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, sizeBytes);
}

/** Without the query, in which storage services put signatures. */
export function placeOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

export function throwIfInterrupted(signal: AbortSignal | undefined, url: URL): void {
  if (signal?.aborted === true) throw interrupted(url);
}

function interrupted(url: URL): MorselError {
  return new MorselError('INTERRUPTED', `interrupted while ${url.host} was asked`, {
    hint: 'start it again: what arrived whole is not sent twice',
  });
}

function silence(url: URL): Error {
  return Object.assign(new Error(`no sign of life from ${url.host} for ${SILENCE_LIMIT_MS / 1000} s`), {
    code: 'ETIMEDOUT',
  });
}
