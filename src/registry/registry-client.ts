import type { Readable } from 'node:stream';
import * as v from 'valibot';
import { MorselError } from '../core/errors.ts';
import {
  checkBlobDigest,
  checkBlobSize,
  type Descriptor,
  type Digest,
  isDigest,
  MEDIA_TYPE,
  METADATA_LIMIT_BYTES,
  sha256Digest,
} from '../oci/index.ts';
import { downloadBlob } from './blobs/download-blob.ts';
import { type BlobUpload, uploadBlob, uploadUnknown } from './blobs/upload-blob.ts';
import { RegistryConnection, type RegistryOptions } from './registry-connection.ts';
import { listReferrers, referrersTag, taggedReferrers } from './referrers.ts';
import { refusal } from './registry-error.ts';
import { bytesBody, type HttpResponse, readBody } from './transport/exchange.ts';
import { nextUrl } from './transport/follow.ts';
import { backoffMs, wait } from './transport/retry.ts';

/** A manifest or an index, as it was sent: verified by the digest that it was asked for with, where there was one. */
export interface FetchedManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}

/** All that an image's manifest can be: a registry that finds none of these says that it has none. */
const ACCEPT = [
  MEDIA_TYPE.ociIndex,
  MEDIA_TYPE.ociManifest,
  MEDIA_TYPE.dockerIndex,
  MEDIA_TYPE.dockerManifest,
  '*/*;q=0.1',
].join(', ');
/** Writers of one tag at the same time: each of them finds out and adds itself again. */
const REFERRER_TRIES = 8;
const TAGS_PAGE = 1000;
/** Of one repository; beyond, who lists them wants something else. */
const TAGS_LIMIT = 100_000;
const tagsAnswer = v.object({ tags: v.nullish(v.array(v.string())) });

/** The verbs of distribution-spec 1.1 for one registry. Errors of all: REGISTRY, NETWORK, INTERRUPTED. Close it when done. */
export class RegistryClient {
  readonly #connection: RegistryConnection;

  constructor(registry: string, options: RegistryOptions = {}) {
    this.#connection = new RegistryConnection(registry, options);
  }

  get registry(): string {
    return this.#connection.registry;
  }

  close(): void {
    this.#connection.close();
  }

  /** `reference`: a tag or a digest. Errors: also DIGEST_MISMATCH, LIMIT_EXCEEDED. */
  async manifest(repository: string, reference: string, expected?: Descriptor): Promise<FetchedManifest> {
    const where = this.#placeOf(repository, reference);
    const response = await this.#read('GET', repository, reference, where);
    const bytes = await readBody(response, METADATA_LIMIT_BYTES);
    const digest = sha256Digest(bytes);
    const asked = expected?.digest ?? (isDigest(reference) ? reference : null);
    const mediaType = mediaTypeOf(response, bytes);
    const descriptor = { mediaType, digest, size: bytes.length };
    if (asked !== null) checkBlobDigest(digest, { ...descriptor, digest: asked }, where);
    if (expected !== undefined) checkBlobSize(bytes.length, expected, where);
    return { descriptor, bytes };
  }

  /** What a tag stands for, by the registry's word alone; null where it has none. */
  async head(repository: string, reference: string): Promise<Descriptor | null> {
    const response = await this.#ask(
      'HEAD',
      `/v2/${repository}/manifests/${reference}`,
      pullScope(repository),
      {
        accept: ACCEPT,
      },
    );
    response.body.resume();
    if (response.status === 404) return null;
    if (response.status !== 200) throw await this.#refusal(response, this.#placeOf(repository, reference));
    const digest = response.headers['docker-content-digest'];
    const size = Number(response.headers['content-length']);
    if (typeof digest !== 'string' || !isDigest(digest) || !Number.isSafeInteger(size)) {
      return (await this.manifest(repository, reference)).descriptor;
    }
    return { mediaType: mediaTypeIn(response) ?? '', digest, size };
  }

  /** Under a tag or its digest. What the registry calls it otherwise is DIGEST_MISMATCH. */
  async putManifest(
    repository: string,
    reference: string,
    { descriptor, bytes }: FetchedManifest,
  ): Promise<void> {
    const response = await this.#connection.send({
      method: 'PUT',
      url: `/v2/${repository}/manifests/${reference}`,
      scopes: [`repository:${repository}:pull,push`],
      headers: { 'content-type': descriptor.mediaType },
      body: bytesBody(bytes),
    });
    const where = this.#placeOf(repository, reference);
    if (response.status !== 201 && response.status !== 200)
      throw await refusal(response, `push ${where}`, this.registry);
    response.body.resume();
    const digest = response.headers['docker-content-digest'];
    if (typeof digest === 'string' && isDigest(digest)) checkBlobDigest(digest, descriptor, where);
  }

  /** Whether the repository has a blob, of the size that its descriptor says. */
  async hasBlob(repository: string, { digest, size }: Descriptor): Promise<boolean> {
    const response = await this.#ask(
      'HEAD',
      `/v2/${repository}/blobs/${digest}`,
      `repository:${repository}:pull,push`,
    );
    response.body.resume();
    return response.status === 200 && Number(response.headers['content-length'] ?? size) === size;
  }

  openBlob(repository: string, descriptor: Descriptor): Readable {
    return downloadBlob(this.#connection, repository, descriptor);
  }

  uploadBlob(repository: string, upload: BlobUpload): Promise<void> {
    return uploadBlob(this.#connection, repository, upload);
  }

  uploadUnknown(
    repository: string,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): ReturnType<typeof uploadUnknown> {
    return uploadUnknown(this.#connection, repository, content);
  }

  /** In the registry's order, all pages (distribution-spec, "Listing Tags"). */
  async tags(repository: string): Promise<readonly string[]> {
    const found: string[] = [];
    let next: string | URL | null = `/v2/${repository}/tags/list?n=${TAGS_PAGE}`;
    while (next !== null && found.length < TAGS_LIMIT) {
      const response: HttpResponse = await this.#ask('GET', next, pullScope(repository));
      if (response.status !== 200)
        throw await this.#refusal(response, `list the tags of ${this.registry}/${repository}`);
      const { tags } = parsedBy(tagsAnswer, await readBody(response, METADATA_LIMIT_BYTES), this.registry);
      const before = found.length;
      found.push(...(tags ?? []));
      next = found.length === before ? null : nextPage(response);
    }
    return found.slice(0, TAGS_LIMIT);
  }

  /** A tag, or a manifest with all its tags: by digest. */
  async deleteManifest(repository: string, reference: string): Promise<void> {
    const response = await this.#ask(
      'DELETE',
      `/v2/${repository}/manifests/${reference}`,
      `repository:${repository}:pull,push,delete`,
    );
    if (response.status === 202 || response.status === 200) return void response.body.resume();
    throw await this.#refusal(response, `delete ${this.#placeOf(repository, reference)}`);
  }

  /** What refers to a manifest: by the registry's list, else by the tag that stands for it. Errors: also IMAGE_INVALID. */
  async referrers(repository: string, subject: Digest): Promise<readonly Descriptor[]> {
    const listed = await listReferrers(this.#connection, repository, subject);
    if (listed !== null) return listed;
    const tag = referrersTag(subject);
    if ((await this.head(repository, tag)) === null) return [];
    return taggedReferrers(await this.manifest(repository, tag), this.#placeOf(repository, tag));
  }

  /**
   * Makes a manifest with a `subject` known to who asks for referrers: where the registry has no list of them, the tag gets
   * one entry more (distribution-spec, "Pushing Manifests with Subject").
   */
  async addReferrer(repository: string, subject: Digest, referrer: Descriptor): Promise<void> {
    if ((await listReferrers(this.#connection, repository, subject)) !== null) return;
    const tag = referrersTag(subject);
    for (let tried = 0; tried < REFERRER_TRIES; tried += 1) {
      const known = await this.referrers(repository, subject);
      if (known.some(({ digest }) => digest === referrer.digest)) return;
      await this.#putIndex(repository, tag, [...known, referrer]);
      // Another may have written at the same time, and the last one won: it is read again, until ours is in it.
      await wait(tried === 0 ? 0 : backoffMs(tried), this.#connection.signal);
    }
    throw new MorselError(
      'REGISTRY',
      `${this.#placeOf(repository, tag)} is written by others at the same time`,
      {
        hint: 'try again when they are done',
      },
    );
  }

  async #putIndex(repository: string, tag: string, manifests: readonly Descriptor[]): Promise<void> {
    const mediaType = MEDIA_TYPE.ociIndex;
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
    const descriptor = { mediaType, digest: sha256Digest(bytes), size: bytes.length };
    await this.putManifest(repository, tag, { descriptor, bytes });
  }

  /** Whether it lets in who asks; REGISTRY says what it answered otherwise. */
  async ping(): Promise<void> {
    const response = await this.#ask('GET', '/v2/', null);
    if (response.status !== 200) throw await this.#refusal(response, `log in to ${this.registry}`);
    response.body.resume();
  }

  async #read(method: 'GET', repository: string, reference: string, where: string): Promise<HttpResponse> {
    const url = `/v2/${repository}/manifests/${reference}`;
    const response = await this.#ask(method, url, pullScope(repository), { accept: ACCEPT });
    if (response.status === 200) return response;
    throw await this.#refusal(response, `read ${where}`);
  }

  #ask(
    method: 'GET' | 'HEAD' | 'DELETE',
    url: string | URL,
    scope: string | null,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpResponse> {
    return this.#connection.send({ method, url, headers, scopes: scope === null ? [] : [scope] });
  }

  #refusal(response: HttpResponse, what: string): Promise<MorselError> {
    return refusal(response, what, this.registry);
  }

  #placeOf(repository: string, reference: string): string {
    return `${this.registry}/${repository}${isDigest(reference) ? '@' : ':'}${reference}`;
  }
}

function pullScope(repository: string): string {
  return `repository:${repository}:pull`;
}

/** RFC 8288, as the distribution spec has it: `<URL>; rel="next"`. */
function nextPage(response: HttpResponse): URL | null {
  const link = response.headers['link'];
  const [, target] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(String(link ?? '')) ?? [];
  if (target === undefined) return null;
  const url = nextUrl(target, response.url, response);
  return url.origin === response.url.origin ? url : null;
}

function mediaTypeIn({ headers }: HttpResponse): string | null {
  return headers['content-type']?.split(';')[0]?.trim() || null;
}

/** What the document says of itself wins: a registry that serves files knows no types. */
function mediaTypeOf(response: HttpResponse, bytes: Buffer): string {
  const own = v.safeParse(v.looseObject({ mediaType: v.string() }), parsed(bytes));
  if (own.success) return own.output.mediaType;
  return mediaTypeIn(response) ?? MEDIA_TYPE.ociManifest;
}

function parsedBy<T>(schema: v.GenericSchema<unknown, T>, bytes: Buffer, registry: string): T {
  const found = v.safeParse(schema, parsed(bytes));
  if (found.success) return found.output;
  throw new MorselError('REGISTRY', `${registry} answers with something else than was asked for`, {
    hint: 'check its name and port',
  });
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null; // the caller says what it should have been
  }
}
