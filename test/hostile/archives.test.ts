import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { requireTool } from '../reference-tools.ts';
import { gnuLongName, type HostileMember, paxHeader, tarMember, tarOf } from './archive-builder.ts';
import { NOTHING } from './attack-sources.ts';
import { HostileFolder, type HostileRunOptions } from './hostile-folder.ts';
import {
  dockerArchiveFiles,
  gzip,
  type HostileImage,
  layoutFiles,
  MEDIA,
  writeArchive,
} from './image-builder.ts';
import { json, RawLayout } from '../raw-layout.ts';

/** Images that are small and ask for much. */
requireTool('musl-gcc');
const place = new HostileFolder();
beforeEach(() => place.next());
afterAll(() => place.remove());

/** Every reader of images; the four questions are asked of each. */
const READERS = ['inspect', 'explain', 'run', 'prove'] as const;
const REFUSED = /code: (LIMIT_EXCEEDED|IMAGE_INVALID|TAR_INVALID)/;

function app(): HostileMember {
  return { name: 'app', mode: 0o755, content: readFileSync(place.program(NOTHING)) };
}

function write(image: HostileImage): string {
  return writeArchive(join(place.work, 'image.tar'), layoutFiles(image));
}

/** Made once for all readers: 150 MB. */
const manyFiles = once(() =>
  tarOf(
    Buffer.concat(
      Array.from({ length: 300_000 }, (_, at) => tarMember({ name: `d${Math.floor(at / 1000)}/f${at}` })),
    ),
  ),
);
const manyFilesPacked = once(() => gzip(manyFiles()));

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

async function read(command: (typeof READERS)[number], image: string, options: HostileRunOptions = {}) {
  const receipt = command === 'prove' ? ['-o', join(place.output, 'receipt.json')] : [];
  return place.morsel([command, image, ...receipt], options);
}

async function expectRefused(command: (typeof READERS)[number], image: string): Promise<void> {
  const run = await read(command, image);
  expect(run.stderr).toMatch(REFUSED);
  expect(run.exitCode).toBe(command === 'run' ? 125 : 2);
}

describe.each(READERS)('%s', (command) => {
  it('06: indexes in indexes, 4,000 descriptors each', async () => {
    const blobs = new RawLayout();
    let manifests: object[] = [];
    for (let depth = 0; depth < 4; depth += 1) {
      const index = {
        schemaVersion: 2,
        mediaType: MEDIA.index,
        manifests,
        annotations: { depth: String(depth) },
      };
      manifests = Array<object>(4000).fill(blobs.blob(MEDIA.index, json(index)));
    }
    const files = layoutFiles({ layers: [{ tar: tarOf(app()) }], index: { manifests } }, blobs);
    await expectRefused(command, writeArchive(join(place.work, 'image.tar'), files));
  });

  it('06: an index that lists one manifest 4,000 times', async () => {
    const once = layoutFiles({ layers: [{ tar: tarOf(app()) }] });
    const [manifest] = (JSON.parse(once.get('index.json')?.toString() ?? '') as { manifests: object[] })
      .manifests;
    const many = json({ schemaVersion: 2, manifests: Array<unknown>(4000).fill(manifest) });
    await read(
      command,
      writeArchive(join(place.work, 'image.tar'), new Map([...once, ['index.json', many]])),
    );
  });

  it.each(['g', 'x'] as const)(
    '07: an extended attribute of 1 MB for each of many members (%s)',
    async (type) => {
      const header = paxHeader([['SCHILY.xattr.user.a', 'a'.repeat(1_000_000)]], type);
      const files = Array.from({ length: type === 'g' ? 1000 : 150 }, (_, index) =>
        tarMember({ name: `f${index}` }),
      );
      const parts = type === 'g' ? [header, ...files] : files.flatMap((file) => [header, file]);
      const run = await read(command, write({ layers: [{ tar: tarOf(...parts, app()) }] }));
      expect([0, 1, 2, 125]).toContain(run.exitCode);
    },
  );

  it('11: a zstd frame that asks for a window of 1.9 GiB', async () => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0xa7, 3, 0x10, 0, 0]);
    await expectRefused(
      command,
      write({ layers: [{ tar: tarOf(app()), encode: () => frame, mediaType: MEDIA.zstd }] }),
    );
  });

  it('11: 200,000 empty zstd frames', async () => {
    const empty = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0]);
    const frames = Buffer.concat(Array<Buffer>(200_000).fill(empty));
    await read(
      command,
      write({ layers: [{ tar: tarOf(app()), encode: () => frames, mediaType: MEDIA.zstd }] }),
    );
  });

  it('13: directories 15,000 deep, by links', async () => {
    const parts = [
      paxHeader([['path', 'a/'.repeat(2000)]]),
      tarMember({ name: 'x', type: '5', mode: 0o755 }),
    ];
    parts.push(paxHeader([['linkpath', `${'a/'.repeat(1999)}a`]]), tarMember({ name: 'l0', type: '2' }));
    for (let step = 1; step < 8; step += 1) {
      const before = `l${step - 1}/`;
      parts.push(
        paxHeader([['path', before + 'a/'.repeat(1900)]]),
        tarMember({ name: 'x', type: '5', mode: 0o755 }),
      );
      parts.push(
        paxHeader([['linkpath', `${before}${'a/'.repeat(1899)}a`]]),
        tarMember({ name: `l${step}`, type: '2' }),
      );
    }
    await expectRefused(command, write({ layers: [{ tar: tarOf(...parts, app()) }] }));
  });

  it('20: 300,000 files', async () => {
    const image: HostileImage = {
      layers: [{ tar: tarOf(app()) }, { tar: manyFiles(), encode: manyFilesPacked }],
    };
    // In memory: a file system of disks takes minutes to make them, with whatever tool.
    const TMPDIR = mkdtempSync('/dev/shm/morsel-case-');
    try {
      const run = await read(command, write(image), { env: { ...place.environment(), TMPDIR } });
      expect(run.exitCode, run.stderr).toBe(0);
      expect(readdirSync(TMPDIR)).toEqual([]);
    } finally {
      rmSync(TMPDIR, { recursive: true, force: true });
    }
  });

  // A class is true: what the image does wrong is not this machine's fault.
  it.each<[string, () => readonly (HostileMember | Buffer)[]]>([
    ['an owner of 2^40', () => [{ name: 'u', content: 'x', uid: 1n << 40n }]],
    ['a group of 2^32', () => [{ name: 'u', content: 'x', gid: 1n << 32n }]],
    ['an owner of -1', () => [{ name: 'u', content: 'x', uid: -1n }]],
    ['a name of 300 bytes', () => [gnuLongName('b'.repeat(300)), { name: 'x' }]],
    ['a directory of 300 bytes', () => [gnuLongName(`${'b'.repeat(300)}/c`), { name: 'x' }]],
    ['an empty link target', () => [{ name: 'l', type: '2' }]],
    ['a link target of 5,000 bytes', () => [gnuLongName('t'.repeat(5000), 'K'), { name: 'l', type: '2' }]],
  ])('23: %s', async (_what, members) => {
    const run = await read(command, write({ layers: [{ tar: tarOf(...members(), app()) }] }));
    expect(run.exitCode, run.stderr).not.toBe(5);
    expect(run.stderr).not.toMatch(/code: (WRITE_FAILED|DISK_FULL|SANDBOX_FAILED|UNREADABLE)/);
  });
});

describe('a configuration below 4 MiB', () => {
  const long = (count: number, part: (index: number) => string): readonly string[] =>
    Array.from({ length: count }, (_, index) => part(index));

  it.each<[string, object]>([
    ['a WorkingDir of a million parts', { WorkingDir: `/${'w/'.repeat(1_000_000)}` }],
    [
      'a PATH of 300,000 folders',
      { Entrypoint: ['app2'], Env: [`PATH=${long(300_000, (n) => `/p${n}`).join(':')}`] },
    ],
    ['250,000 variables', { Env: long(250_000, (n) => `A${n}=x`) }],
    ['300,000 words of a command', { Cmd: long(300_000, (n) => `w${n}`) }],
    [
      '300,000 volumes',
      { Volumes: Object.fromEntries(long(150_000, (n) => `/v${n}`).map((path) => [path, {}])) },
    ],
    ['a relative WorkingDir', { WorkingDir: 'a/b' }],
    ['a WorkingDir with a NUL', { WorkingDir: '/a\0b' }],
    ['an Env with a NUL', { Env: ['A=\0'] }],
  ])('21: %s', async (_what, config) => {
    const image = write({ layers: [{ tar: tarOf(app()) }], config });
    for (const command of READERS) {
      const run = await read(command, image);
      expect(run.stderr, command).not.toMatch(/code: (WRITE_FAILED|SANDBOX_FAILED)/);
    }
  });
});

describe('16: a docker-archive', () => {
  it('whose one layer is listed 1,000 times by each of 50 images', async () => {
    const layer = gzipSync(Buffer.alloc(200 * 1024 * 1024), { level: 1 });
    const diff_ids = Array<string>(1000).fill(`sha256:${'1'.repeat(64)}`);
    const configuration = { rootfs: { type: 'layers', diff_ids } };
    const entry = { Config: 'config.json', Layers: Array<string>(1000).fill('0/layer.tar') };
    const files = dockerArchiveFiles(
      { layers: [{ tar: Buffer.alloc(0), encode: () => layer }], configuration },
      Array<object>(50).fill(entry),
    );
    const image = writeArchive(join(place.work, 'image.tar'), files);
    for (const command of READERS) await read(command, image);
  });
});
