import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { MorselError } from '../../core/errors.ts';
import { checkBlobDigest, checkBlobSize, type Descriptor, digestOfHex } from '../../oci/index.ts';
import type { RegistryConnection } from '../registry-connection.ts';
import { networkError, refusal } from '../registry-error.ts';
import type { HttpResponse } from '../transport/exchange.ts';
import { backoffMs, isPassingError, TRIES_LIMIT, wait } from '../transport/retry.ts';

const READ_BYTES = 256 * 1024;

/**
 * A blob's bytes, at most as many as its descriptor says; the stream fails at its end when they are not it. A connection
 * that breaks is taken up where it broke (distribution-spec, "Pulling blobs": Range), as often as something came.
 * Errors of the stream: REGISTRY, NETWORK, DIGEST_MISMATCH, INTERRUPTED.
 */
export function downloadBlob(
  connection: RegistryConnection,
  repository: string,
  descriptor: Descriptor,
): Readable {
  const chunks = verified(connection, repository, descriptor);
  return Readable.from(chunks, { objectMode: false, highWaterMark: READ_BYTES });
}

async function* verified(
  connection: RegistryConnection,
  repository: string,
  descriptor: Descriptor,
): AsyncGenerator<Buffer, void, undefined> {
  const where = `${connection.registry}/${repository}`;
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for (let idle = 0; ;) {
    const before = sizeBytes;
    try {
      for await (const chunk of part(connection, repository, descriptor, sizeBytes)) {
        sizeBytes += chunk.length;
        if (sizeBytes > descriptor.size) checkBlobSize(sizeBytes, descriptor, where);
        hash.update(chunk);
        yield chunk;
      }
      break;
    } catch (error) {
      idle = sizeBytes > before ? 1 : idle + 1;
      const { url } = error instanceof Broken ? error : { url: null };
      const cause = error instanceof Broken ? error.cause : error;
      if (!isPassingError(cause) || idle >= TRIES_LIMIT)
        throw url === null ? cause : networkError(cause, url);
      await wait(backoffMs(idle - 1), connection.signal);
    }
  }
  checkBlobSize(sizeBytes, descriptor, where);
  checkBlobDigest(digestOfHex(hash.digest('hex')), descriptor, where);
}

/** A body that ended before it should, and whose. */
class Broken extends Error {
  readonly url: URL;

  constructor(cause: unknown, url: URL) {
    super('a body broke off', { cause });
    this.url = url;
  }
}

async function* part(
  connection: RegistryConnection,
  repository: string,
  { digest, size }: Descriptor,
  offset: number,
): AsyncGenerator<Buffer, void, undefined> {
  // An empty blob, or one whose end was just reached, has no range.
  if (offset >= size && offset > 0) return;
  const response = await connection.send({
    method: 'GET',
    url: `/v2/${repository}/blobs/${digest}`,
    scopes: [`repository:${repository}:pull`],
    headers: offset === 0 ? {} : { range: `bytes=${offset}-` },
  });
  if (response.status !== 200 && response.status !== 206)
    throw await refusal(
      response,
      `read ${digest} of ${connection.registry}/${repository}`,
      connection.registry,
    );
  let skip = unwantedBytes(response, offset);
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      if (skip >= chunk.length) {
        skip -= chunk.length;
        continue;
      }
      yield skip === 0 ? chunk : chunk.subarray(skip);
      skip = 0;
    }
  } catch (error) {
    throw new Broken(error, response.url);
  } finally {
    response.body.destroy();
  }
}

/** How much of the answer has come before: a server may answer a range with the whole, or with another range. */
function unwantedBytes({ status, headers, url }: HttpResponse, offset: number): number {
  if (status === 200) return offset;
  const [, from] = /^bytes (\d{1,15})-/.exec(headers['content-range'] ?? '') ?? [];
  if (from !== undefined && Number(from) <= offset) return offset - Number(from);
  throw new MorselError('REGISTRY', `${url.host} answers with another part of a blob than was asked for`, {
    hint: 'the registry answers wrongly: tell who runs it',
  });
}
