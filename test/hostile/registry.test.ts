import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copy, imageDigest, listTags, readManifest } from '../../src/index.ts';
import { sha256Digest } from '../../src/oci/index.ts';
import { RegistryClient } from '../../src/registry/registry-client.ts';

/** A registry of our own that does what none should: real HTTP, real sockets. Each ends in the result or a clear error. */
type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

const work = mkdtempSync(join(tmpdir(), 'morsel-hostile-registry-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const LAYER = Buffer.alloc(300_000, 'layer');
const CONFIG = Buffer.from(
  JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [sha256Digest(LAYER)] },
  }),
);
const describeBytes = (mediaType: string, bytes: Buffer) => ({
  mediaType,
  digest: sha256Digest(bytes),
  size: bytes.length,
});
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const MANIFEST = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: describeBytes('application/vnd.oci.image.config.v1+json', CONFIG),
    layers: [describeBytes('application/vnd.oci.image.layer.v1.tar', LAYER)],
  }),
);
const BLOBS = new Map([LAYER, CONFIG].map((bytes) => [sha256Digest(bytes) as string, bytes]));

let server: Server;
let counts: Map<string, number>;
let seen: { readonly url: string; readonly authorization: string | undefined }[];
let special: Readonly<Record<string, Answer>>;
let host = '';

/** Serves one image; `special` answers in its place where a path begins like it. */
beforeEach(async () => {
  counts = new Map();
  seen = [];
  special = {};
  server = createServer((request, response) => {
    const url = request.url ?? '';
    seen.push({ url, authorization: request.headers.authorization });
    const key = Object.keys(special).find((prefix) => `${request.method} ${url}`.startsWith(prefix));
    const count = (counts.get(key ?? url) ?? 0) + 1;
    counts.set(key ?? url, count);
    if (key !== undefined) return special[key]?.(request, response, count);
    ordinary(url, request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function ordinary(url: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(url, 'http://x');
  if (pathname === '/v2/') return void response.end('{}');
  if (pathname.includes('/manifests/')) {
    response.setHeader('content-type', MANIFEST_TYPE);
    return void response.end(MANIFEST);
  }
  const blob = BLOBS.get(pathname.split('/').at(-1) ?? '');
  if (blob === undefined) return void response.writeHead(404).end();
  const [, from] = /bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [];
  if (from === undefined) return void response.end(blob);
  response.writeHead(206, { 'content-range': `bytes ${from}-${blob.length - 1}/${blob.length}` });
  response.end(blob.subarray(Number(from)));
}

const layerPath = `GET /v2/a/b/blobs/${sha256Digest(LAYER)}`;
const pull = (): Promise<unknown> => copy(`${host}/a/b:1`, join(work, 'pulled.tar'));
const nothingLeft = (): void => expect(readdirSync(work).filter((name) => name !== 'pulled.tar')).toEqual([]);

describe('a blob', () => {
  it.each([0, 1, 65_536, 299_999])('is taken up where it broke: after %i bytes', async (at) => {
    special = {
      [layerPath]: (request, response, count) => {
        if (count > 2) return ordinary(request.url ?? '', request, response);
        const [, from = '0'] = /bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [];
        const start = Number(from);
        response.writeHead(start === 0 ? 200 : 206, {
          'content-length': LAYER.length - start,
          ...(start > 0 && { 'content-range': `bytes ${start}-${LAYER.length - 1}/${LAYER.length}` }),
        });
        response.write(LAYER.subarray(start, at), () => response.destroy());
        if (at <= start) response.destroy();
      },
    };
    expect(await pull()).toMatchObject({ digest: sha256Digest(MANIFEST) });
    nothingLeft();
  });

  const changed = Buffer.from(LAYER).fill('X', 1000, 1001);
  it.each([
    ['changed', changed],
    ['too long', Buffer.concat([LAYER, LAYER])],
    ['too short', LAYER.subarray(0, 1000)],
    ['empty', Buffer.alloc(0)],
  ])('that is %s is refused, and nothing is written', async (_, bytes) => {
    rmSync(join(work, 'pulled.tar'), { force: true });
    special = { [layerPath]: (_request, response) => void response.end(bytes) };
    await expect(pull()).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    expect(readdirSync(work)).toEqual([]);
  });

  it('that never ends is stopped at its size', async () => {
    let sent = 0;
    special = {
      [layerPath]: (_request, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(LAYER)) sent += LAYER.length;
        };
        response.on('drain', more);
        more();
      },
    };
    await expect(pull()).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    expect(sent).toBeLessThan(100 * 1024 * 1024);
  });
});

describe('a manifest', () => {
  it('of another digest than was asked for is refused', async () => {
    await expect(readManifest(`${host}/a/b@sha256:${'1'.repeat(64)}`)).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH',
    });
  });

  it('without an end is LIMIT_EXCEEDED', async () => {
    special = {
      'GET /v2/a/b/manifests': (_request, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(LAYER));
        };
        response.on('drain', more);
        more();
      },
    };
    await expect(readManifest(`${host}/a/b:1`)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it.each(['<html>not a manifest</html>', '{}', '[]', '{"schemaVersion":2,"mediaType":"text/x"}'])(
    'that is %s is IMAGE_INVALID',
    async (text) => {
      special = { 'GET /v2/a/b/manifests': (_request, response) => void response.end(text) };
      await expect(pull()).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
    },
  );
});

describe('what passes', () => {
  it.each([429, 500, 502, 503])('is asked again after HTTP %i', async (status) => {
    special = {
      'GET /v2/a/b/manifests': (request, response, count) => {
        if (count > 2) return ordinary(request.url ?? '', request, response);
        response.writeHead(status, { 'retry-after': '0' }).end();
      },
    };
    expect(await imageDigest(`${host}/a/b:1`)).toBe(sha256Digest(MANIFEST));
  });

  it('is final where the registry asks for hours', async () => {
    special = {
      'GET /v2/a/b/manifests': (_request, response) =>
        void response.writeHead(429, { 'retry-after': '7200' }).end(),
    };
    await expect(imageDigest(`${host}/a/b:1`)).rejects.toMatchObject({
      code: 'REGISTRY',
      message: expect.stringContaining('429'),
    });
  });
});

describe('a redirect', () => {
  it('in a circle ends', async () => {
    special = {
      [layerPath]: (request, response) => void response.writeHead(307, { location: request.url }).end(),
    };
    await expect(pull()).rejects.toMatchObject({ code: 'REGISTRY' });
  });

  it('takes no password along to another host', async () => {
    const heard: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      heard.push(request.headers.authorization);
      response.end(LAYER);
    });
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    special = {
      'GET /v2/ ': (_request, response) =>
        void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
      [layerPath]: (_request, response) =>
        void response.writeHead(307, { location: `http://127.0.0.1:${port}/x` }).end(),
    };
    const credentials = { kind: 'password', username: 'me', password: 'secret' } as const;
    const client = new RegistryClient(host, { credentials });
    const blob = client.openBlob('a/b', describeBytes('x', LAYER));
    for await (const _ of blob);
    client.close();
    other.close();
    expect(heard).toEqual([undefined]);
  });

  it.each(['file:///etc/passwd', 'ftp://x/', 'http://[', ''])('to %j is refused', async (location) => {
    special = { [layerPath]: (_request, response) => void response.writeHead(307, { location }).end() };
    await expect(pull()).rejects.toMatchObject({ code: expect.stringMatching(/REGISTRY/) });
  });
});

describe('a challenge', () => {
  it('that is never met ends', async () => {
    special = {
      'GET /token': (_request, response) => void response.end('{"token":"abc"}'),
      'GET /v2/': (_request, response) =>
        void response
          .writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token",service="x"` })
          .end(),
    };
    await expect(imageDigest(`${host}/a/b:1`)).rejects.toMatchObject({ code: 'REGISTRY' });
    expect(seen.length).toBeLessThan(20);
  });

  it.each(['{}', 'not json', '{"token":"a\\nb"}', '{"token":5}'])(
    'that is answered by %s is refused',
    async (text) => {
      special = {
        'GET /token': (_request, response) => void response.end(text),
        'GET /v2/': (_request, response) =>
          void response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end(),
      };
      await expect(imageDigest(`${host}/a/b:1`)).rejects.toMatchObject({ code: 'REGISTRY' });
    },
  );

  it('gets a token for what is done, with the token that is asked for', async () => {
    special = {
      'GET /token': (request, response) => {
        const scope = new URL(request.url ?? '', 'http://x').searchParams.get('scope');
        response.end(JSON.stringify({ token: `for-${scope}` }));
      },
      'GET /v2/': (request, response) => {
        if (request.headers.authorization === 'Bearer for-repository:a/b:pull')
          return ordinary(request.url ?? '', request, response);
        response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end();
      },
    };
    expect(await imageDigest(`${host}/a/b:1`)).toBe(sha256Digest(MANIFEST));
  });
});

it('tags whose next page is the same page end', async () => {
  special = {
    'GET /v2/a/b/tags': (request, response, count) => {
      response.setHeader('link', `<${request.url}>; rel="next"`);
      response.end(JSON.stringify({ tags: count > 3 ? [] : ['x'] }));
    },
  };
  expect(await listTags(`${host}/a/b`)).toEqual(['x', 'x', 'x']);
});

it('a registry that is not there says so', async () => {
  await expect(imageDigest('127.0.0.1:1/a/b:1')).rejects.toMatchObject({
    code: 'NETWORK',
    message: expect.stringContaining('nothing listens at 127.0.0.1:1'),
  });
});
