import { createHash } from 'node:crypto';
import { MorselError } from '../../core/errors.ts';
import { type Descriptor, type Digest, digestOfHex } from '../../oci/index.ts';
import type { RegistryConnection } from '../registry-connection.ts';
import { refusal } from '../registry-error.ts';
import { nextUrl } from '../transport/follow.ts';
import type { HttpResponse, RequestBody } from '../transport/exchange.ts';
import { backoffMs, TRIES_LIMIT, wait } from '../transport/retry.ts';

export interface BlobUpload {
  readonly descriptor: Descriptor;
  /** The bytes from `offset` on, which the caller has verified or will. Opened anew for each try. */
  open(offset: number): AsyncIterable<Uint8Array>;
  /** A repository of the same registry that has it already: it is mounted from there, where the registry does that. */
  readonly mountFrom?: string | undefined;
}

/**
 * Stores a blob (distribution-spec, "Pushing blobs"): mounted where it can be, else sent in one piece; when the connection
 * breaks, the registry is asked how much it has, and the rest is sent (a chunk). Errors: REGISTRY, NETWORK,
 * INTERRUPTED, those of `open`.
 */
export async function uploadBlob(
  connection: RegistryConnection,
  repository: string,
  upload: BlobUpload,
): Promise<void> {
  const { descriptor, mountFrom } = upload;
  const mount = mountFrom === undefined ? undefined : { digest: descriptor.digest, from: mountFrom };
  let session = await startUpload(connection, repository, mount);
  for (let tried = 0; session !== null; tried += 1) {
    try {
      await finishUpload(connection, repository, upload, session);
      return;
    } catch (error) {
      if (!isBroken(error) || tried + 1 >= TRIES_LIMIT) throw error;
      await wait(backoffMs(tried), connection.signal);
      session =
        (await resumed(connection, repository, session)) ??
        (await startUpload(connection, repository, mount));
    }
  }
}

/**
 * Stores bytes of which nobody knows yet what they are: sent as they come, and named when they have all come
 * (distribution-spec, "Pushing a blob in chunks"). Nothing of it can be sent twice. Errors: as `uploadBlob`.
 */
export async function uploadUnknown(
  connection: RegistryConnection,
  repository: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<{ readonly digest: Digest; readonly sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of content) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      yield chunk;
    }
  }
  const session = await startUpload(connection, repository, undefined);
  const sent = { sizeBytes: null, open: counted, isOnce: true };
  const url = await patch(connection, repository, (session as Session).url, sent, {});
  const digest = digestOfHex(hash.digest('hex'));
  await nameUpload(connection, repository, url, digest, undefined);
  return { digest, sizeBytes };
}

interface Session {
  readonly url: URL;
  /** What the registry has of it. */
  readonly offset: number;
}

/** The way to go on is by what the registry has of it, and not by sending all anew. */
const SENT_ONCE = { isRepeatable: false, headers: { 'content-type': 'application/octet-stream' } };

/** Only what may pass: a broken connection, and an upload that the registry has forgotten. */
function isBroken(error: unknown): boolean {
  if (!(error instanceof MorselError)) return false;
  if (error.code === 'NETWORK') return true;
  const status = error.details?.['status'];
  return error.code === 'REGISTRY' && (status === 404 || status === 416 || Number(status) >= 500);
}

/** null: it was mounted, and nothing is to be sent. */
async function startUpload(
  connection: RegistryConnection,
  repository: string,
  mount: { readonly digest: Digest; readonly from: string } | undefined,
): Promise<Session | null> {
  const query =
    mount === undefined
      ? ''
      : `?${new URLSearchParams({ mount: mount.digest, from: mount.from }).toString()}`;
  const response = await connection.send({
    method: 'POST',
    url: `/v2/${repository}/blobs/uploads/${query}`,
    scopes: [pushScope(repository), ...(mount === undefined ? [] : [`repository:${mount.from}:pull`])],
  });
  if (response.status === 201) {
    response.body.resume();
    return null;
  }
  if (response.status !== 202)
    throw await refusal(response, `push to ${placeName(connection, repository)}`, connection.registry);
  response.body.resume();
  return { url: locationOf(response, connection), offset: 0 };
}

/** The rest of the blob and its digest in one PUT, or, after a break, the rest as a chunk and then the digest. */
async function finishUpload(
  connection: RegistryConnection,
  repository: string,
  { descriptor, open }: BlobUpload,
  { url, offset }: Session,
): Promise<void> {
  const { digest, size } = descriptor;
  const rest: RequestBody = { sizeBytes: size - offset, open: () => open(offset) };
  if (offset === 0) return nameUpload(connection, repository, url, digest, rest);
  const range = { 'content-range': `${offset}-${size - 1}` };
  const next = offset === size ? url : await patch(connection, repository, url, rest, range);
  await nameUpload(connection, repository, next, digest, undefined);
}

async function nameUpload(
  connection: RegistryConnection,
  repository: string,
  url: URL,
  digest: Digest,
  body: RequestBody | undefined,
): Promise<void> {
  const target = new URL(url);
  target.searchParams.set('digest', digest);
  const response = await connection.send({
    ...SENT_ONCE,
    method: 'PUT',
    url: target,
    scopes: [pushScope(repository)],
    body,
  });
  if (response.status !== 201 && response.status !== 204)
    throw await refusal(
      response,
      `push ${digest} to ${placeName(connection, repository)}`,
      connection.registry,
    );
  response.body.resume();
}

async function patch(
  connection: RegistryConnection,
  repository: string,
  url: URL,
  body: RequestBody,
  range: Readonly<Record<string, string>>,
): Promise<URL> {
  const response = await connection.send({
    method: 'PATCH',
    url,
    scopes: [pushScope(repository)],
    body,
    ...SENT_ONCE,
    headers: { ...SENT_ONCE.headers, ...range },
  });
  if (response.status !== 202 && response.status !== 204)
    throw await refusal(response, `push to ${placeName(connection, repository)}`, connection.registry);
  response.body.resume();
  return locationOf(response, connection);
}

/** Where an upload stands, by the registry's word; null where it does not know it any more. */
async function resumed(
  connection: RegistryConnection,
  repository: string,
  { url }: Session,
): Promise<Session | null> {
  const response = await connection.send({ method: 'GET', url, scopes: [pushScope(repository)] });
  response.body.resume();
  const [, end] = /^(?:bytes=)?0-(\d{1,15})$/.exec(response.headers.range ?? '') ?? [];
  if (response.status !== 204 || end === undefined) return null;
  // `0-0` is the first byte by the specification, and none by distribution 2.8: a byte too few is never asked for again.
  const offset = end === '0' ? 0 : Number(end) + 1;
  return offset === 0 ? null : { url: locationOf(response, connection, url), offset };
}

/** It may be relative, or at another host (distribution-spec: "MUST follow"). */
function locationOf(response: HttpResponse, { registry }: RegistryConnection, otherwise?: URL): URL {
  const { location } = response.headers;
  if (location !== undefined) return nextUrl(location, response.url, response);
  if (otherwise !== undefined) return otherwise;
  throw new MorselError('REGISTRY', `${registry} does not say where an upload goes on`, {
    hint: 'the registry answers wrongly: tell who runs it',
  });
}

function pushScope(repository: string): string {
  return `repository:${repository}:pull,push`;
}

function placeName({ registry }: RegistryConnection, repository: string): string {
  return `${registry}/${repository}`;
}
