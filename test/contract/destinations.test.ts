import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { MorselError } from '../../src/core/errors.ts';
import { blobPath, type Descriptor, type Image, sha256Digest } from '../../src/oci/index.ts';
import { copyImage } from '../../src/places/copy-image.ts';
import type { Destination } from '../../src/places/destination.ts';
import { formatLocation, type Location } from '../../src/places/location.ts';
import { openDestination, type WritableLocation } from '../../src/places/open-destination.ts';
import { openImages, withImage } from '../../src/places/open-image.ts';
import { validateImage } from '../../src/places/validate-image.ts';
import { writeImage } from '../../src/places/write-image.ts';
import { type RawMember, rawTar, textFile } from '../image-fixtures.ts';
import { hasTool } from '../reference-tools.ts';
import { runToolOk } from '../run-tool.ts';

/** One suite for every place that takes an image; a new one is a line of `KINDS`. */
const KINDS = ['archive', 'layout'] as const;
type Kind = (typeof KINDS)[number];

const work = mkdtempSync(join(tmpdir(), 'morsel-destinations-'));
let folder = '';
let round = 0;
beforeEach(() => {
  round += 1;
  folder = join(work, String(round));
  mkdirSync(folder);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const placeOf = (kind: Kind, name = 'place'): WritableLocation => ({
  kind,
  path: join(folder, kind === 'archive' ? `${name}.tar` : name),
});

/** Two layers, the lower one of them the same in every image. */
async function write(place: WritableLocation, name: string): Promise<Descriptor> {
  const layer = (path: string, text: string) => ({
    kind: 'entries' as const,
    entries: [textFile(path, text)],
  });
  const { manifest } = await writeImage({
    layers: [layer('/shared', 'shared'), layer('/name', name)],
    platform: { os: 'linux', architecture: 'amd64' },
    config: { Entrypoint: ['/name'] },
    output: { ...place, references: [name] },
  });
  return manifest;
}

/** Every file below the folder, with its bytes. */
const snapshot = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path, sha256Digest(readFileSync(path))]),
  );

const descriptorOf = (bytes: Buffer): Descriptor => ({
  mediaType: 'application/vnd.oci.image.layer.v1.tar',
  digest: sha256Digest(bytes),
  size: bytes.length,
});

/** By our own validator, and by another tool. */
async function expectSound(location: Location, digest: string): Promise<void> {
  await withImage(location, {}, async (image) => {
    expect(image.manifestDescriptor.digest).toBe(digest);
    expect(await validateImage(image)).toEqual([]);
    if (!hasTool('skopeo')) return;
    if (!('path' in location)) return;
    const place = location.kind === 'archive' ? 'oci-archive' : 'oci';
    const source = `${place}:${location.path}:${image.references[0]}`;
    const { Digest } = JSON.parse(await runToolOk('skopeo', ['inspect', source])) as { Digest: string };
    expect(Digest).toBe(digest);
  });
}

const BYTES = rawTar([{ path: 'file', content: 'content' }]);
const BLOB = descriptorOf(BYTES);

/** The least that can be committed: one layer, already written. */
async function finish(destination: Destination, references: readonly string[]): Promise<Descriptor> {
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const platform = { os: 'linux', architecture: 'amd64' };
  const configBytes = json({ ...platform, config: {}, rootfs: { type: 'layers', diff_ids: [BLOB.digest] } });
  const config = { ...descriptorOf(configBytes), mediaType: 'application/vnd.oci.image.config.v1+json' };
  await destination.writeBlob([configBytes], config);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifestBytes = json({ schemaVersion: 2, mediaType, config, layers: [BLOB] });
  const manifest = await destination.writeManifest(manifestBytes, mediaType);
  expect(manifest).toEqual({ ...descriptorOf(manifestBytes), mediaType });
  await destination.commit({ manifest, config, layers: [BLOB], platform, references });
  return manifest;
}

describe.each(KINDS)('the destination %s', (kind) => {
  const open = (): Promise<Destination> => openDestination(placeOf(kind), undefined);

  it('has a blob after it was written, and not before', async () => {
    const destination = await open();
    expect(await destination.has(BLOB)).toBe(false);
    expect(await destination.writeBlob([BYTES])).toEqual({ digest: BLOB.digest, sizeBytes: BLOB.size });
    expect(await destination.has(BLOB)).toBe(true);
    expect(await destination.has({ ...BLOB, size: BLOB.size + 1 })).toBe(false);
    const { digest } = await finish(destination, ['x:1']);
    await expectSound(placeOf(kind), digest);
  });

  it('refuses bytes that are not what was expected, as soon as it can tell, and goes on', async () => {
    const destination = await open();
    await destination.writeBlob([Buffer.from('first')]);
    const before = snapshot();
    function* endless(): Generator<Buffer> {
      for (;;) yield Buffer.alloc(65_536);
    }
    const changed = Buffer.from(BYTES).fill('X', 512, 513);
    for (const content of [[changed], [BYTES.subarray(0, 600)], [BYTES, BYTES], endless(), []])
      await expect(destination.writeBlob(content, BLOB)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    expect(await destination.has(BLOB)).toBe(false);
    if (kind === 'layout') expect(snapshot()).toEqual(before);
    await destination.writeBlob([BYTES], BLOB);
    const { digest } = await finish(destination, ['x:1']);
    await expectSound(placeOf(kind), digest);
  });

  it('takes back a blob whose content fails', async () => {
    const destination = await open();
    function* failing(): Generator<Buffer> {
      yield BYTES.subarray(0, 700);
      throw new Error('the source is gone');
    }
    await expect(destination.writeBlob(failing())).rejects.toThrow('the source is gone');
    await destination.writeBlob([BYTES], BLOB);
    const { digest } = await finish(destination, ['x:1']);
    await expectSound(placeOf(kind), digest);
  });

  it('shows nothing of the image before commit, and then all of it', async () => {
    const old = await write(placeOf(kind), 'old:1');
    const destination = await open();
    await destination.writeBlob([BYTES], BLOB);
    await expectSound(placeOf(kind), old.digest);
    const fresh = await finish(destination, ['old:1']);
    await expectSound(placeOf(kind), fresh.digest);
    destination.abort();
    await expectSound(placeOf(kind), fresh.digest);
  });

  it('is as before after abort, whether it was there or not', async () => {
    const fresh = await open();
    await fresh.writeBlob([BYTES], BLOB);
    fresh.abort();
    expect(readdirSync(folder)).toEqual([]);
    await write(placeOf(kind), 'old:1');
    const before = snapshot();
    const added = await open();
    await added.writeBlob([BYTES], BLOB);
    await added.writeManifest(Buffer.from('{}'), 'application/vnd.oci.image.manifest.v1+json');
    added.abort();
    expect(snapshot()).toEqual(before);
  });

  it('stores once what comes twice', async () => {
    const destination = await open();
    for (let count = 0; count < 3; count += 1) await destination.writeBlob([BYTES], BLOB);
    await finish(destination, ['x:1']);
    if (kind === 'layout') expect(readdirSync(join(folder, 'place/blobs/sha256'))).toHaveLength(3);
    else expect(readFileSync(placeOf(kind).path, 'latin1').split(BLOB.digest.slice(7))).toHaveLength(2 + 3);
  });
});

describe.each(KINDS.flatMap((from) => KINDS.map((to) => [from, to] as const)))(
  'copyImage from %s to %s',
  (from, to) => {
    const source = (): WritableLocation => placeOf(from, 'source');
    const copy = async (options = {}): Promise<void> => {
      const destination = await openDestination(placeOf(to), undefined);
      await withImage(source(), {}, (image) => copyImage(image, destination, options));
    };

    it('keeps the digest and the names', async () => {
      const { digest } = await write(source(), 'x:1');
      await copy();
      await expectSound(placeOf(to), digest);
      await expectSound({ ...placeOf(to), name: 'x:1' }, digest);
    });

    it('gives other names', async () => {
      const { digest } = await write(source(), 'x:1');
      await copy({ references: ['y:2', 'ghcr.io/me/z:3'] });
      for (const name of ['y:2', 'ghcr.io/me/z:3']) await expectSound({ ...placeOf(to), name }, digest);
    });

    it('leaves the destination as it was when the source is damaged', async () => {
      await write(source(), 'x:1');
      await write(placeOf(to), 'old:1');
      damageLayer(source());
      const before = snapshot();
      await expect(copy()).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
      expect(snapshot()).toEqual(before);
    });
  },
);

/** One byte in the middle of the upper layer. */
function damageLayer({ kind, path }: WritableLocation): void {
  const name = join('blobs/sha256', upperLayerHex(path, kind));
  const file = kind === 'archive' ? path : join(path, name);
  const bytes = readFileSync(file);
  const at = kind === 'archive' ? bytes.indexOf(name) + 512 + 40 : 40;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  writeFileSync(file, bytes);
}

function upperLayerHex(path: string, kind: Kind): string {
  const blobs = kind === 'layout' ? readdirSync(join(path, 'blobs/sha256')) : [];
  const documents =
    kind === 'layout'
      ? blobs.map((name) => readFileSync(join(path, 'blobs/sha256', name), 'latin1'))
      : [readFileSync(path, 'latin1')];
  const [, layers = ''] =
    /"layers":(\[[^\]]*\])/.exec(documents.find((text) => text.includes('"layers":[')) ?? '') ?? [];
  return (JSON.parse(layers) as Descriptor[])[1]?.digest.slice('sha256:'.length) ?? '';
}

it('a docker-archive is copied into a layout', async () => {
  const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [BLOB.digest] } };
  const members: RawMember[] = [
    { path: 'config.json', content: JSON.stringify(config) },
    { path: 'layer.tar', content: BYTES },
    {
      path: 'manifest.json',
      content: JSON.stringify([{ Config: 'config.json', RepoTags: ['x:1'], Layers: ['layer.tar'] }]),
    },
  ];
  const path = join(folder, 'saved.tar');
  writeFileSync(path, rawTar(members));
  const destination = await openDestination(placeOf('layout'), undefined);
  const digest = await withImage({ kind: 'docker-archive', path }, {}, async (image) => {
    await copyImage(image, destination);
    return image.manifestDescriptor.digest;
  });
  await expectSound({ ...placeOf('layout'), name: 'x:1' }, digest);
});

describe('a layout that has blobs of the image', () => {
  const place = (): WritableLocation => placeOf('layout');
  /** The digests that copying reads, of all that it needs. */
  const digestsRead = async (): Promise<readonly string[]> => {
    const read: string[] = [];
    const destination = await openDestination(place(), undefined);
    await withImage(placeOf('archive', 'source'), {}, (image) => {
      const counting: Image = {
        ...image,
        openBlob: (descriptor) => (read.push(descriptor.digest), image.openBlob(descriptor)),
      };
      return copyImage(counting, destination);
    });
    return read;
  };
  const sharedBlob = async (): Promise<string> =>
    withImage(place(), {}, (image) =>
      join(place().path, blobPath((image.manifest.layers[0] as Descriptor).digest)),
    );

  it('is given only the others', async () => {
    await write(place(), 'old:1');
    const { digest } = await write(placeOf('archive', 'source'), 'x:1');
    expect(await digestsRead()).toHaveLength(2);
    await expectSound({ ...place(), name: 'x:1' }, digest);
  });

  it.each(['other bytes', 'a link', 'a directory', 'a shorter file'])(
    'trusts none of them: %s',
    async (what) => {
      await write(place(), 'old:1');
      const { digest } = await write(placeOf('archive', 'source'), 'x:1');
      const blob = await sharedBlob();
      const bytes = readFileSync(blob);
      rmSync(blob);
      writeFileSync(join(folder, 'elsewhere'), bytes);
      if (what === 'a link') symlinkSync(join(folder, 'elsewhere'), blob);
      else if (what === 'a directory') mkdirSync(blob);
      else writeFileSync(blob, what === 'other bytes' ? bytes.fill('X', 20, 21) : bytes.subarray(1));
      if (what === 'a directory') {
        await expect(digestsRead()).rejects.toMatchObject({ code: 'WRITE_FAILED' });
        return;
      }
      expect(await digestsRead()).toHaveLength(3);
      rmSync(join(folder, 'elsewhere'));
      for (const name of ['x:1', 'old:1'])
        await withImage({ ...place(), name }, {}, async (image) =>
          expect(await validateImage(image)).toEqual([]),
        );
      await expectSound({ ...place(), name: 'x:1' }, digest);
    },
  );
});

describe('two images in one layout', () => {
  const path = (): string => placeOf('layout').path;
  const writeTwo = async (): Promise<Readonly<Record<string, string>>> => ({
    'a:latest': (await write(placeOf('layout'), 'a')).digest,
    'ghcr.io/me/b:1.2': (await write(placeOf('layout'), 'ghcr.io/me/b:1.2')).digest,
  });
  const refusal = async (place: string): Promise<MorselError> => {
    const outcome = await withImage(place, {}, () => 'was opened').catch((error: unknown) => error);
    if (outcome instanceof MorselError && outcome.code === 'USAGE') return outcome;
    throw new Error(`${place} is not refused`, { cause: outcome });
  };
  /** What a hint says to type. */
  const typed = (hint: string): string => /morsel run (\S+)$/.exec(hint)?.[1] ?? '';

  it('are each opened by their name, with or without the tag, and by their digest', async () => {
    for (const [name, digest] of Object.entries(await writeTwo())) {
      for (const place of [`${path()}:${name}`, `oci:${path()}:${name}`, `${path()}:${digest}`])
        await withImage(place, {}, (image) => expect(image.manifestDescriptor.digest).toBe(digest));
      await expectSound({ ...placeOf('layout'), name }, digest);
    }
    await withImage(`${path()}:a`, {}, (image) => expect(image.references).toEqual(['a:latest']));
  });

  it('are refused without a name, and with a wrong one, with a command line that opens one', async () => {
    const digests = await writeTwo();
    for (const place of [path(), `oci:${path()}`, `${path()}:c`]) {
      const { message, hint } = await refusal(place);
      expect(message).toMatch(
        place.endsWith(':c') ? /holds no image named c$/ : /holds several images: a:latest/,
      );
      expect(typed(hint)).toBe(`oci:${path()}:a:latest`);
      await withImage(typed(hint), {}, (image) =>
        expect(image.manifestDescriptor.digest).toBe(digests['a:latest']),
      );
    }
  });

  it.each([
    ['have no name', /,"annotations":\{[^}]*\}/g, () => ''],
    ['have one name', /(?<="org.opencontainers.image.ref.name":")[^"]*/g, () => 'same'],
    [
      'have names with spaces',
      /(?<="org.opencontainers.image.ref.name":")[^"]*/g,
      (name: string) => `the ${name}`,
    ],
  ])('that %s are chosen by their digests', async (_what, change, to) => {
    await writeTwo();
    const index = join(path(), 'index.json');
    writeFileSync(index, readFileSync(index, 'utf8').replaceAll(change, to));
    const { hint } = await refusal(path());
    expect(typed(hint)).toMatch(/:sha256:[0-9a-f]{64}$/);
    await withImage(typed(hint), {}, (image) => expect(hint).toContain(image.manifestDescriptor.digest));
  });

  it('are all there for who wants all of them', async () => {
    await writeTwo();
    const images = await openImages(formatLocation({ kind: 'layout', path: path() }));
    for (const image of images) image.close();
    expect(images).toHaveLength(2);
    expect(existsSync(join(path(), 'oci-layout'))).toBe(true);
  });
});
