import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type RawMember, rawTar } from '../../test/image-fixtures.ts';
import { json, RAW_TYPE, type RawDescriptor, RawLayout, sha256 } from '../../test/raw-layout.ts';
import { Turns } from '../core/turns.ts';
import { IMAGES_LIMIT } from './container/collect-manifests.ts';
import { dockerArchiveImages } from './docker-archive/docker-archive.ts';
import { CONTAINER_MEMBERS_LIMIT, openImageFiles } from './container/image-files.ts';
import { REF_NAME } from './container/index-json.ts';
import { openImage, openImages } from './open-image.ts';
import { readLayer } from '../layers/read-layer.ts';

const work = mkdtempSync(join(tmpdir(), 'morsel-open-'));
let folder = '';
let round = 0;
beforeEach(() => {
  round += 1;
  folder = join(work, String(round));
  mkdirSync(folder);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message), hint: expect.any(String) });
const named = (descriptor: RawDescriptor, name: string): RawDescriptor => ({
  ...descriptor,
  annotations: { [REF_NAME]: name },
});
const referencesOf = async (path: string): Promise<readonly string[]> => {
  const images = await openImages(path);
  for (const image of images) image.close();
  return images.flatMap((image) => image.references);
};

describe('indexes in indexes', () => {
  it('are each read once, though every one of 4,000 descriptors names the next one, four levels deep', async () => {
    const layout = new RawLayout();
    let descriptors = [layout.image()];
    for (const level of ['1', '2', '3', '4'])
      descriptors = Array<RawDescriptor>(4000).fill(layout.index(descriptors, level));
    expect(await referencesOf(layout.write(folder, descriptors))).toEqual([]);
  });

  it('give every name that leads to an image', async () => {
    const layout = new RawLayout();
    const image = layout.image();
    const inner = layout.index([image, named(image, 'inner:1')]);
    const path = layout.write(folder, [named(inner, 'a:1'), named(inner, 'b:1'), named(inner, 'a:1'), image]);
    expect(await referencesOf(path)).toEqual(['a:1', 'inner:1', 'b:1']);
  });

  it('are refused where names multiply them, and where they are too deep', async () => {
    const layout = new RawLayout();
    let descriptors = [layout.image()];
    for (const level of ['1', '2', '3']) {
      const index = layout.index(descriptors, level);
      descriptors = Array.from({ length: 400 }, (_, at) => named(index, `n${at}:1`));
    }
    await expect(openImages(layout.write(folder, descriptors))).rejects.toThrow(
      refusal('LIMIT_EXCEEDED', /more than 65536 descriptors/),
    );
    let deep = layout.image();
    for (let level = 0; level < 5; level += 1) deep = layout.index([deep], `deep ${level}`);
    await expect(openImages(layout.write(folder, [deep]))).rejects.toThrow(
      refusal('LIMIT_EXCEEDED', /nests indexes deeper than 4/),
    );
  });

  it('are refused when two descriptors do not agree on a size', async () => {
    const layout = new RawLayout();
    const image = layout.image();
    const path = layout.write(folder, [image, { ...image, size: image.size + 1 }]);
    await expect(openImages(path)).rejects.toThrow(refusal('IMAGE_INVALID', /different sizes/));
  });

  it('hear the signal', async () => {
    const layout = new RawLayout();
    const path = layout.write(folder, [layout.index([layout.image()])]);
    await expect(openImages(path, { signal: AbortSignal.abort() })).rejects.toThrow(
      refusal('INTERRUPTED', /interrupted while/),
    );
  });
});

describe('the documents of a container', () => {
  it('are bounded in all: a thousand images of megabytes are not kept', async () => {
    const layout = new RawLayout();
    const images = Array.from({ length: 10 }, (_, at) =>
      layout.image({ Labels: { text: `${at}`.padEnd(4_000_000, 'x') } }),
    );
    await expect(openImages(layout.write(folder, images))).rejects.toThrow(
      refusal('LIMIT_EXCEEDED', /more than 33554432 bytes together/),
    );
  });

  it('count once when they are one', async () => {
    const layout = new RawLayout();
    const image = layout.image({ Labels: { text: 'x'.repeat(4_000_000) } });
    const config = [...layout.files.entries()].find(([, bytes]) => bytes.length > 4_000_000);
    const manifests = Array.from({ length: 20 }, (_, at) => {
      const configDescriptor = {
        mediaType: RAW_TYPE.config,
        digest: sha256(config?.[1] as Buffer),
        size: config?.[1].length,
      };
      return layout.blob(
        RAW_TYPE.manifest,
        json({ schemaVersion: 2, config: configDescriptor, layers: [], annotations: { at: `${at}` } }),
      );
    });
    const opened = await openImages(layout.write(folder, [image, ...manifests]));
    expect(opened).toHaveLength(21);
    expect(new Set(opened.map(({ configBytes }) => configBytes)).size).toBe(1);
    for (const one of opened) one.close();
  });

  it('are bounded in number', async () => {
    const layout = new RawLayout();
    const manifests = Array.from({ length: IMAGES_LIMIT + 1 }, (_, at) => ({
      mediaType: RAW_TYPE.manifest,
      digest: `sha256:${at.toString(16).padStart(64, '0')}`,
      size: 5,
    }));
    await expect(openImages(layout.write(folder, manifests))).rejects.toThrow(
      refusal('LIMIT_EXCEEDED', /more than 1024 images/),
    );
  });
});

describe('a layout whose files are none', () => {
  const broken = (name: string): string => {
    const layout = new RawLayout();
    const image = layout.image();
    const path = layout.write(folder, [image]);
    const file = name === 'manifest' ? `blobs/sha256/${image.digest.slice(7)}` : name;
    rmSync(join(path, file));
    return join(path, file);
  };

  it.each(['index.json', 'oci-layout', 'manifest'])(
    'is refused, not waited for: %s is a pipe',
    async (name) => {
      execFileSync('mkfifo', [broken(name)]);
      await expect(openImage(folder)).rejects.toThrow(refusal('UNREADABLE', /is a named pipe/));
    },
  );

  it.each(['index.json', 'oci-layout', 'manifest'])('is refused: %s leads to a device', async (name) => {
    symlinkSync('/dev/zero', broken(name));
    await expect(openImage(folder)).rejects.toThrow(refusal('UNREADABLE', /is a device/));
  });

  it('is refused before an index of a terabyte is read', async () => {
    const file = broken('index.json');
    writeFileSync(file, '');
    truncateSync(file, 1024 ** 4);
    await expect(openImage(folder)).rejects.toThrow(refusal('LIMIT_EXCEEDED', /index\.json is larger/));
  });

  it('is read through a link out of it when the digest is right, as Bazel makes them', async () => {
    const layout = new RawLayout();
    const path = layout.write(join(folder, 'layout'), [layout.image()]);
    cpSync(join(path, 'blobs'), join(folder, 'elsewhere'), { recursive: true });
    rmSync(join(path, 'blobs'), { recursive: true });
    symlinkSync('../elsewhere', join(path, 'blobs'));
    (await openImage(path)).close();
    const image = [...layout.files.keys()].find((name) => name.startsWith('blobs/')) as string;
    rmSync(join(path, image));
    symlinkSync('/etc/passwd', join(path, image));
    await expect(openImage(path)).rejects.toThrow(refusal('DIGEST_MISMATCH', /its descriptor says/));
  });

  it('that cannot be looked at is unreadable, not a bug', async () => {
    symlinkSync('loop', join(folder, 'loop'));
    await expect(openImage(join(folder, 'loop'))).rejects.toThrow(refusal('UNREADABLE', /ELOOP/));
  });
});

describe('a docker-archive', () => {
  const layer = rawTar([{ path: 'file', content: 'x' }]);
  const config = (count: number): Buffer =>
    json({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: Array(count).fill(sha256(layer)) },
    });
  const archive = (members: readonly RawMember[], images: readonly object[]): string => {
    const path = join(folder, 'image.tar');
    writeFileSync(path, rawTar([...members, { path: 'manifest.json', content: json(images) }]));
    return path;
  };

  it('has each stored layer hashed once, by whatever names it is listed, and in however many images', async () => {
    const count = 100;
    const names = Array.from({ length: count }, (_, at) => ['l', './l', `x/../l`, 'link'][at % 4]);
    const path = archive(
      [
        { path: 'c', content: config(count) },
        { path: 'l', content: gzipSync(layer) },
        { path: 'link', type: '2', link: 'l' },
      ],
      Array(20).fill({ Config: 'c', Layers: names }),
    );
    const turns = new Turns(undefined, 'x');
    const files = await openImageFiles(path, turns);
    const opened: string[] = [];
    const counting = { ...files, open: (name: string) => (opened.push(name), files.open(name)) };
    expect(await dockerArchiveImages(counting, () => {}, turns)).toHaveLength(20);
    expect(opened).toEqual(['manifest.json', 'c', 'l']);
    files.close();
  });

  it('is refused when it lists more layers than any, or more images', async () => {
    const members = [{ path: 'c', content: config(0) }];
    await expect(
      openImages(archive(members, Array(65).fill({ Config: 'c', Layers: Array(1024).fill('l') }))),
    ).rejects.toThrow(refusal('LIMIT_EXCEEDED', /lists 65 images with 66560 layers/));
    await expect(openImages(archive(members, Array(1025).fill({ Config: 'c', Layers: [] })))).rejects.toThrow(
      refusal('LIMIT_EXCEEDED', /lists 1025 images/),
    );
  });

  it.each(['manifest.json/x', 'a\0b', 'n'.repeat(300)])(
    'in a directory names %j, and no bug',
    async (Config) => {
      const path = join(folder, 'odd');
      mkdirSync(path);
      writeFileSync(join(path, 'manifest.json'), json([{ Config, Layers: [] }]));
      await expect(openImage(path)).rejects.toMatchObject({ name: 'MorselError', hint: expect.any(String) });
    },
  );

  it('in a directory names no file outside of it', async () => {
    writeFileSync(join(folder, 'outside.json'), config(0));
    mkdirSync(join(folder, 'unpacked'));
    writeFileSync(join(folder, 'unpacked/manifest.json'), json([{ Config: '../outside.json', Layers: [] }]));
    await expect(openImage(join(folder, 'unpacked'))).rejects.toThrow(
      refusal('IMAGE_INVALID', /\.\.\/outside\.json is missing/),
    );
  });

  it('has no more members than an archive of images', async () => {
    const path = join(folder, 'many.tar');
    const member = rawTar([{ path: 'm' }]).subarray(0, 512);
    writeFileSync(path, Buffer.concat(Array<Buffer>(CONTAINER_MEMBERS_LIMIT + 1).fill(member)));
    await expect(openImage(path)).rejects.toThrow(refusal('LIMIT_EXCEEDED', /more members/));
  });
});

it('a layer that is encrypted is said to be', async () => {
  const layout = new RawLayout();
  const image = await openImage(layout.write(folder, [layout.image()]));
  const descriptor = { ...image.manifest.layers[0], mediaType: `${RAW_TYPE.layer}+encrypted` };
  const read = async (): Promise<void> => {
    const diffId = image.config.rootfs.diff_ids[0] as never;
    for await (const _ of readLayer(image, descriptor as never, diffId));
  };
  await expect(read()).rejects.toThrow(refusal('UNSUPPORTED', /is encrypted/));
  image.close();
});
