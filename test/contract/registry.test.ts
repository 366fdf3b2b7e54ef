import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  copy,
  imageDigest,
  listTags,
  login,
  logout,
  readManifest,
  removeImage,
  tagImage,
} from '../../src/index.ts';
import { openImage } from '../../src/places/open-image.ts';
import { validateImage } from '../../src/places/validate-image.ts';
import { writeImage } from '../../src/places/write-image.ts';
import { sha256Digest } from '../../src/oci/index.ts';
import { type RealRegistry, startDockerRegistry } from '../docker-registry.ts';
import { textFile } from '../image-fixtures.ts';
import { hasTool } from '../reference-tools.ts';
import { runToolOk } from '../run-tool.ts';

/** Registry, archive, layout: the same image in, the same digest out, read by others too. Against Debian's docker-registry. */
const work = mkdtempSync(join(tmpdir(), 'morsel-registry-contract-'));
let registry: RealRegistry;
let closed: RealRegistry;
let digest = '';
const archive = join(work, 'hello.tar');
const repository = (name: string): string => `${registry.host}/team/${name}`;

beforeAll(async () => {
  registry = await startDockerRegistry();
  const written = await writeImage({
    layers: [
      { kind: 'entries', entries: [textFile('/a', 'a'.repeat(100_000))] },
      { kind: 'entries', entries: [textFile('/b', 'b')] },
    ],
    platform: { os: 'linux', architecture: 'amd64' },
    config: { Entrypoint: ['/a'] },
    output: { kind: 'archive', path: archive, references: ['team/hello:1'] },
  });
  digest = written.manifestDigest;
});
afterAll(() => {
  registry?.stop();
  closed?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** An index of the image and of the same for arm64, in a layout. */
async function layoutWithIndex(): Promise<{ readonly path: string; readonly digest: string }> {
  const path = join(work, 'index');
  const manifests = [];
  for (const architecture of ['amd64', 'arm64']) {
    const platform = { os: 'linux', architecture };
    const { manifest } = await writeImage({
      layers: [{ kind: 'entries', entries: [textFile('/arch', architecture)] }],
      platform,
      config: {},
      output: { kind: 'layout', path, references: [`tmp:${architecture}`] },
    });
    manifests.push({ ...manifest, platform });
  }
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  const found = sha256Digest(bytes);
  writeFileSync(join(path, 'blobs/sha256', found.slice(7)), bytes);
  const named = {
    mediaType,
    digest: found,
    size: bytes.length,
    annotations: { 'org.opencontainers.image.ref.name': 'multi:1' },
  };
  writeFileSync(
    join(path, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType, manifests: [named] }),
  );
  return { path, digest: found };
}

describe('an image', () => {
  it('keeps its digest on every way', async () => {
    const there = `docker://${repository('hello')}:1`;
    expect(await copy(archive, there)).toMatchObject({ digest, destination: `${repository('hello')}:1` });
    expect(await imageDigest(there)).toBe(digest);
    for (const back of [join(work, 'back.tar'), `${join(work, 'back')}/`]) {
      expect((await copy(there, back)).digest).toBe(digest);
      expect(await imageDigest(back.replace(/\/$/, ''))).toBe(digest);
    }
    const image = await openImage(there);
    expect(await validateImage(image)).toEqual([]);
    expect(image.references).toEqual([`${repository('hello')}:1`]);
    image.close();
    expect((await copy(there, `${repository('moved')}:2`)).digest).toBe(digest);
  });

  it.skipIf(!hasTool('skopeo'))('is read and written by skopeo as the same', async () => {
    await copy(archive, `${repository('skopeo')}:1`);
    const inspected = await runToolOk('skopeo', [
      'inspect',
      '--tls-verify=false',
      `docker://${repository('skopeo')}:1`,
    ]);
    expect((JSON.parse(inspected) as { Digest: string }).Digest).toBe(digest);
    await runToolOk('skopeo', [
      'copy',
      '--dest-tls-verify=false',
      `oci-archive:${archive}`,
      `docker://${repository('theirs')}:1`,
    ]);
    expect(await imageDigest(`${repository('theirs')}:1`)).toBe(digest);
  });

  it('has tags, which come, are listed and go', async () => {
    await copy(archive, `${repository('tags')}:1`);
    expect(await tagImage(`${repository('tags')}:1`, 'latest')).toBe(digest);
    expect([...(await listTags(repository('tags')))].sort()).toEqual(['1', 'latest']);
    await removeImage(`${repository('tags')}@${digest}`);
    await expect(imageDigest(`${repository('tags')}:1`)).rejects.toMatchObject({ code: 'REGISTRY' });
  });

  it('is addressed by its digest, and by no other', async () => {
    await copy(archive, `${repository('by-digest')}@${digest}`);
    expect(sha256Digest(await readManifest(`${repository('by-digest')}@${digest}`))).toBe(digest);
    const other = `sha256:${'0'.repeat(64)}`;
    await expect(copy(archive, `${repository('by-digest')}@${other}`)).rejects.toMatchObject({
      code: 'USAGE',
    });
    await expect(readManifest(`${repository('by-digest')}@${other}`)).rejects.toMatchObject({
      code: 'REGISTRY',
    });
  });
});

it('an index is carried whole, and one platform of it alone', async () => {
  const index = await layoutWithIndex();
  const there = `${repository('multi')}:1`;
  expect((await copy(`oci:${index.path}:multi:1`, there)).digest).toBe(index.digest);
  const back = join(work, 'multi.tar');
  expect((await copy(there, back)).digest).toBe(index.digest);
  expect(await imageDigest(back)).toBe(index.digest);
  const arm = await openImage(`docker://${there}`, { platform: { os: 'linux', architecture: 'arm64' } });
  expect(arm.config.architecture).toBe('arm64');
  const one = await copy(there, `${repository('one')}:1`, {
    platform: { os: 'linux', architecture: 'arm64' },
  });
  expect(one.digest).toBe(arm.manifestDescriptor.digest);
  arm.close();
  await expect(
    openImage(`docker://${there}`, { platform: { os: 'linux', architecture: 's390x' } }),
  ).rejects.toMatchObject({ code: 'USAGE', hint: 'it has linux/amd64, linux/arm64' });
});

describe('what refers to an image', () => {
  it('goes along, from a layout and from a registry without a list of it', async () => {
    const { attachReferrer } = await import('../../src/places/index.ts');
    const layout = join(work, 'evidence');
    await copy(archive, `${layout}/`);
    const image = await openImage(layout);
    await attachReferrer(
      layout,
      image.manifestDescriptor,
      'application/vnd.test+json',
      Buffer.from('{"x":1}'),
    );
    image.close();
    const first = await copy(layout, `${repository('referred')}:1`, { referrers: true });
    expect(first.referrers).toBe(1);
    const second = await copy(`${repository('referred')}:1`, `${repository('again')}:1`, { referrers: true });
    expect(second.referrers).toBe(1);
    const back = `${join(work, 'evidence-back')}/`;
    expect((await copy(`${repository('again')}:1`, back, { referrers: true })).referrers).toBe(1);
    const { manifests } = JSON.parse(readFileSync(join(back, 'index.json'), 'utf8')) as {
      manifests: { artifactType?: string }[];
    };
    expect(manifests.map(({ artifactType }) => artifactType)).toContain('application/vnd.test+json');
    await expect(copy(layout, join(work, 'no.tar'), { referrers: true })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });
});

describe('a registry that wants to know who asks', () => {
  const env = { ...process.env };
  afterAll(() => {
    process.env = env;
  });

  it('is told what login keeps, and nothing after logout', async () => {
    const line = (await runToolOk('python3', ['-c', BCRYPT])).trim();
    closed = await startDockerRegistry({ htpasswd: line });
    const folder = join(work, 'docker');
    mkdirSync(folder);
    process.env['DOCKER_CONFIG'] = folder;
    const there = `${closed.host}/private/hello:1`;
    await expect(copy(archive, there)).rejects.toMatchObject({
      code: 'REGISTRY',
      hint: expect.stringContaining(`morsel login ${closed.host}`),
    });
    await expect(login({ registry: closed.host, username: 'me', password: 'wrong' })).rejects.toMatchObject({
      code: 'REGISTRY',
    });
    expect(await login({ registry: closed.host, username: 'me', password: 'secret' })).toBe(
      join(folder, 'config.json'),
    );
    expect((await copy(archive, there)).digest).toBe(digest);
    expect(await logout(closed.host)).toBe(join(folder, 'config.json'));
    expect(await logout(closed.host)).toBeNull();
    await expect(imageDigest(there)).rejects.toMatchObject({ code: 'REGISTRY' });
  });
});

/** A line of htpasswd for `me` and `secret`. */
const BCRYPT =
  'import crypt; print("me:" + crypt.crypt("secret", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)).replace("$2b$", "$2y$", 1))';
