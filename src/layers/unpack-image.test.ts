import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type RawMember, rawLayout, rawTar, readText } from '../../test/image-fixtures.ts';
import { memoryByteSource } from '../core/byte-source.ts';
import { type TarEntry, writeTar } from '../tar/index.ts';
import { imageTree } from './image-tree.ts';
import { openImage } from '../places/open-image.ts';
import { removeTree } from '../core/remove-tree.ts';
import { unpackImage } from './unpack-image.ts';

const work = mkdtempSync(join(tmpdir(), 'morsel-unpack-'));
/** Beside the root; what a hostile layer would love to change. */
const canary = join(work, 'canary');
const isRoot = process.getuid?.() === 0;
let round = 0;
let layout = '';
let root = '';

beforeEach(() => {
  round += 1;
  layout = join(work, `layout-${round}`);
  root = join(work, `root-${round}`);
  rmSync(canary, { recursive: true, force: true });
  mkdirSync(canary);
  writeFileSync(join(canary, 'file'), 'untouched');
});
afterAll(() => removeTree(work));

function expectCanaryAlive(): void {
  expect(readdirSync(canary)).toEqual(['file']);
  expect(readText(join(canary, 'file'))).toBe('untouched');
  expect(lstatSync(join(canary, 'file')).nlink).toBe(1);
}

async function unpack(...layers: readonly RawMember[][]): Promise<void> {
  rawLayout(layout, layers.map(rawTar));
  const image = await openImage(layout);
  try {
    await unpackImage(image, root);
  } finally {
    image.close();
  }
}

const ENTRY = {
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtimeSeconds: 0,
  open: () => memoryByteSource(Buffer.from('x')),
};

async function unpackEntries(entries: readonly TarEntry[]): Promise<void> {
  rawLayout(layout, [Buffer.concat([...writeTar(entries)])]);
  const image = await openImage(layout);
  try {
    await unpackImage(image, root);
  } finally {
    image.close();
  }
}

describe('unpackImage', () => {
  const hostile: readonly [string, readonly RawMember[][]][] = [
    ['.. in a path', [[{ path: '../canary/file', content: 'bad' }]]],
    ['.. in the middle', [[{ path: 'a/../../canary/file', content: 'bad' }]]],
    ['an absolute path', [[{ path: '/tmp/../../canary/file', content: 'bad' }]]],
    ['a hard link out', [[{ path: 'x', type: '1', link: '../canary/file' }]]],
    ['a hard link to an absolute path', [[{ path: 'x', type: '1', link: join(work, 'canary/file') }]]],
    [
      'a hard link through a symlink',
      [
        [
          { path: 'l', type: '2', link: canary },
          { path: 'x', type: '1', link: 'l/file' },
        ],
      ],
    ],
  ];
  it.each(hostile)('refuses %s, and leaves nothing', async (_what, layers) => {
    await expect(unpack(...layers)).rejects.toThrow(expect.objectContaining({ code: 'IMAGE_INVALID' }));
    expect(existsSync(root)).toBe(false);
    expectCanaryAlive();
  });

  const contained: readonly [string, readonly RawMember[][]][] = [
    [
      'a file through an absolute symlink',
      [
        [
          { path: 'l', type: '2', link: canary },
          { path: 'l/file', content: 'bad' },
        ],
      ],
    ],
    [
      'a file through a relative symlink',
      [
        [
          { path: 'l', type: '2', link: '../canary' },
          { path: 'l/file', content: 'bad' },
        ],
      ],
    ],
    [
      'a symlink of a lower layer',
      [[{ path: 'l', type: '2', link: '../canary' }], [{ path: 'l/file', content: 'bad' }]],
    ],
    [
      'a file over a symlink',
      [[{ path: 'l', type: '2', link: '../canary/file' }], [{ path: 'l', content: 'bad' }]],
    ],
    [
      'a directory over a symlink',
      [
        [{ path: 'l', type: '2', link: '../canary' }],
        [
          { path: 'l', type: '5', mode: 0o777 },
          { path: 'l/file', content: 'bad' },
        ],
      ],
    ],
    [
      'a whiteout through a symlink',
      [[{ path: 'l', type: '2', link: '../canary' }], [{ path: 'l/.wh.file' }]],
    ],
    [
      'an opaque marker through a symlink',
      [[{ path: 'l', type: '2', link: '../canary' }], [{ path: 'l/.wh..wh..opq' }]],
    ],
    ['a whiteout of ..', [[{ path: 'a', content: 'a' }], [{ path: '.wh...' }]]],
    [
      'a symlink to itself as a directory',
      [
        [
          { path: 'l', type: '2', link: '../canary' },
          { path: './l/', type: '5' },
        ],
      ],
    ],
  ];
  it.each(contained)('keeps %s inside', async (_what, layers) => {
    await unpack(...layers);
    expectCanaryAlive();
  });

  it('writes to where a link leads inside the image', async () => {
    await unpack([
      { path: 'lib', type: '2', link: '/usr/lib' },
      { path: 'lib/x', content: 'X' },
      { path: 'h', type: '1', link: 'lib/x' },
    ]);
    expect(readText(join(root, 'usr/lib/x'))).toBe('X');
    expect(lstatSync(join(root, 'h')).ino).toBe(lstatSync(join(root, 'usr/lib/x')).ino);
  });

  it('keeps setuid, sticky and forbidding modes', async () => {
    await unpack([
      { path: 'ro', type: '5', mode: 0o555 },
      { path: 'ro/su', content: 'x', mode: 0o4755 },
      { path: 'tmp', type: '5', mode: 0o1777 },
      { path: './', type: '5', mode: 0o711 },
    ]);
    const mode = (path: string): string => (lstatSync(join(root, path)).mode & 0o7777).toString(8);
    expect(['', 'ro', 'ro/su', 'tmp'].map(mode)).toEqual(['711', '555', '4755', '1777']);
  });

  it('skips devices and pipes, and says so', async () => {
    rawLayout(layout, [
      rawTar([
        { path: 'dev/null', type: '3' },
        { path: 'pipe', type: '6' },
        { path: 'a', content: 'a' },
      ]),
    ]);
    const image = await openImage(layout);
    expect(await unpackImage(image, root)).toMatchObject({
      skippedDevices: ['/dev/null', '/pipe'],
      files: 1,
    });
    expect(readdirSync(root).sort()).toEqual(['a', 'dev']);
    image.close();
  });

  it('gives each file its content, whatever its size, and its attributes, whatever the umask', async () => {
    const sizes = [0, 1, 65_535, 65_536, 300_000];
    const before = process.umask(0o077);
    try {
      await unpack(
        sizes.map((size) => ({ path: `f${size}`, content: 'x'.repeat(size), mode: 0o664 })),
        [{ path: 'f1', content: 'y', mode: 0o4755 }],
      );
    } finally {
      process.umask(before);
    }
    for (const size of sizes) {
      expect(readText(join(root, `f${size}`)), String(size)).toBe(size === 1 ? 'y' : 'x'.repeat(size));
      expect(lstatSync(join(root, `f${size}`)).mode & 0o7777).toBe(size === 1 ? 0o4755 : 0o664);
    }
  });

  it('gives owners and times as the image says, in a set-group-id directory too', async () => {
    mkdirSync(root);
    if (isRoot) chownSync(root, 0, 4321);
    chmodSync(root, 0o2755);
    const entry = { ...ENTRY, mtimeSeconds: -5 };
    await unpackEntries([
      { ...entry, kind: 'file', path: 'mine', sizeBytes: 1 },
      { ...entry, kind: 'file', path: 'theirs', sizeBytes: 1, uid: 7, gid: 8, mode: 0o6711 },
      { ...entry, kind: 'symlink', path: 'link', target: 'mine' },
      { ...entry, kind: 'directory', path: 'directory', mtimeSeconds: 2 ** 33 },
    ]);
    const attributes = (path: string): readonly number[] => {
      const { mode, uid, gid, mtimeMs } = lstatSync(join(root, path));
      return [mode & 0o7777, ...(isRoot ? [uid, gid] : [0, 0]), mtimeMs / 1000];
    };
    expect(attributes('mine')).toEqual([0o644, 0, 0, -5]);
    expect(attributes('theirs')).toEqual(isRoot ? [0o6711, 7, 8, -5] : [0o6711, 0, 0, -5]);
    expect(attributes('link')).toEqual([0o777, 0, 0, -5]);
    expect(attributes('directory')).toEqual([0o644, 0, 0, 2 ** 33]);
  });

  it('makes a tree of 1,900 levels, and says what to do where the path to it gets too long', async () => {
    const entry = { ...ENTRY, kind: 'file', sizeBytes: 1 } as const;
    await unpackEntries([{ ...entry, path: `${'a/'.repeat(1900)}file` }]);
    expect(readText(join(root, 'a/'.repeat(1900), 'file'))).toBe('x');
    removeTree(root);
    rmSync(layout, { recursive: true });
    await expect(unpackEntries([{ ...entry, path: `${'a/'.repeat(2045)}file` }])).rejects.toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', hint: expect.stringContaining('TMPDIR') as string }),
    );
    expect(existsSync(root)).toBe(false);
  });

  it('ends at a signal, and leaves nothing', async () => {
    rawLayout(layout, [
      rawTar(Array.from({ length: 3000 }, (_, index) => ({ path: `d/${index}`, content: 'x' }))),
    ]);
    const image = await openImage(layout);
    const controller = new AbortController();
    const unpacked = unpackImage(image, root, { signal: controller.signal });
    controller.abort();
    await expect(unpacked).rejects.toThrow(expect.objectContaining({ code: 'INTERRUPTED' }));
    expect(existsSync(root)).toBe(false);
    image.close();
  });

  it('wants an empty directory', async () => {
    mkdirSync(root);
    writeFileSync(join(root, 'mine'), 'x');
    await expect(unpack([{ path: 'a', content: 'a' }])).rejects.toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
    expect(readdirSync(root)).toEqual(['mine']);
  });

  it('reads zstd layers on every Node', async () => {
    const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
    // One raw block a frame (RFC 8878, 3.1.1): what any decoder must read, made without a compressor.
    const zstdFrame = (tar: Buffer): Buffer => {
      const blocks: Buffer[] = [];
      for (let at = 0; at < tar.length; at += 0x10000) {
        const chunk = tar.subarray(at, at + 0x10000);
        const header = Buffer.alloc(3);
        header.writeUIntLE((chunk.length << 3) | (at + 0x10000 >= tar.length ? 1 : 0), 0, 3);
        blocks.push(header, chunk);
      }
      const size = Buffer.alloc(4);
      size.writeUInt32LE(tar.length);
      return Buffer.concat([magic, Buffer.from([0xa0]), size, ...blocks]);
    };
    rawLayout(layout, [rawTar([{ path: 'a', content: 'A'.repeat(200_000) }])], zstdFrame);
    const image = await openImage(layout);
    const tree = await imageTree(image);
    expect(tree.open('/a')?.sizeBytes).toBe(200_000);
    tree.close();
    image.close();
  });
});

describe('removeTree', () => {
  it('removes what forbids it, and follows no link', () => {
    const directory = join(root, 'ro');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'x'), readFileSync(join(canary, 'file')));
    chmodSync(directory, 0o500);
    removeTree(root);
    expect(existsSync(root)).toBe(false);
    expectCanaryAlive();
  });
});
