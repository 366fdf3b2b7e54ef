import { describe, expect, it } from 'vitest';
import { memoryByteSource } from '../core/byte-source.ts';
import { headerChecksum } from './header-writer.ts';
import { listTar } from './list-tar.ts';
import { readTar } from './read-tar.ts';
import { writeTar } from './write-tar.ts';

interface Read {
  readonly path: string;
  readonly kind: string;
  readonly content: string;
}

async function streamed(bytes: Buffer, chunkBytes = bytes.length): Promise<Read[]> {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const found: Read[] = [];
  for await (const { header, content } of readTar(chunks())) {
    const parts: Buffer[] = [];
    for await (const chunk of content) parts.push(Buffer.from(chunk));
    found.push({ path: header.path, kind: header.kind, content: Buffer.concat(parts).toString() });
  }
  return found;
}

function listed(bytes: Buffer): Read[] {
  return [...listTar(memoryByteSource(bytes))].map(({ header, open }) => {
    const source = open();
    return { path: header.path, kind: header.kind, content: source.read(0, source.sizeBytes).toString() };
  });
}

interface Raw {
  readonly name?: string;
  readonly type?: string;
  readonly size?: string | Buffer;
  readonly content?: string | Buffer;
  readonly magic?: string;
  readonly link?: string;
}

/** A member with fields as hostile as one likes, and a right checksum. */
function raw({ name = 'f', type = '0', size, content = '', magic = 'ustar\x0000', link = '' }: Raw): Buffer {
  const block = Buffer.alloc(512);
  const body = Buffer.from(content as string);
  block.write(name, 0, 'latin1');
  block.write('0000644\x000000000\x000000000\0', 100, 'latin1');
  const sizeField = size ?? `${body.length.toString(8).padStart(11, '0')}\0`;
  Buffer.from(sizeField as string).copy(block, 124);
  block.write('00000000000\0', 136, 'latin1');
  block.write(type, 156, 'latin1');
  block.write(link, 157, 'latin1');
  block.write(magic, 257, 'latin1');
  block.write(`${headerChecksum(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([block, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}
const END = Buffer.alloc(1024);
const pax = (key: string, value: string): Buffer => {
  const text = ` ${key}=${value}\n`;
  let length = text.length + 1;
  while (String(length).length + text.length !== length) length += 1;
  return Buffer.from(`${length}${text}`);
};

describe('readTar and listTar', () => {
  const two = Buffer.concat([
    raw({ name: 'a', content: 'one' }),
    raw({ name: 'b', content: 'x'.repeat(600) }),
    END,
  ]);

  it.each([1, 7, 511, 512, 513, 4096])('agree, also in chunks of %i bytes', async (chunkBytes) => {
    const expected = [
      { path: 'a', kind: 'file', content: 'one' },
      { path: 'b', kind: 'file', content: 'x'.repeat(600) },
    ];
    expect(await streamed(two, chunkBytes)).toEqual(expected);
    expect(listed(two)).toEqual(expected);
  });

  it('skip contents that nobody reads', async () => {
    const names: string[] = [];
    for await (const { header } of readTar(readable(two))) names.push(header.path);
    expect(names).toEqual(['a', 'b']);
  });

  it('accept an archive without its end, and without its last padding (umoci insert)', async () => {
    const bare = raw({ name: 'a', content: 'one' }).subarray(0, 515);
    expect(listed(bare)).toEqual([{ path: 'a', kind: 'file', content: 'one' }]);
    expect(await streamed(bare)).toEqual(listed(bare));
  });

  it('read GNU long names and base-256 sizes', async () => {
    const long = 'n'.repeat(150);
    const size = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]);
    const bytes = Buffer.concat([
      raw({ name: '././@LongLink', type: 'L', content: `${long}\0`, magic: 'ustar  \0' }),
      raw({ name: '././@LongLink', type: 'K', content: `${long}t\0`, magic: 'ustar  \0' }),
      raw({ name: 'cut', type: '2', magic: 'ustar  \0' }),
      raw({ name: 'big', size, content: 'abc' }),
      END,
    ]);
    expect(listed(bytes)).toEqual([
      { path: long, kind: 'symlink', content: '' },
      { path: 'big', kind: 'file', content: 'abc' },
    ]);
    expect([...listTar(memoryByteSource(bytes))][0]?.header.linkTarget).toBe(`${long}t`);
  });

  it('read PAX records, local before global, and the last of a name', () => {
    const bytes = Buffer.concat([
      raw({ type: 'g', content: Buffer.concat([pax('uid', '7'), pax('comment', 'x')]) }),
      raw({
        type: 'x',
        content: Buffer.concat([pax('path', 'wrong'), pax('path', 'right'), pax('mtime', '9.75')]),
      }),
      raw({ name: 'short' }),
      raw({ name: 'next' }),
      END,
    ]);
    const headers = [...listTar(memoryByteSource(bytes))].map((member) => member.header);
    expect(headers.map(({ path, uid, mtimeSeconds }) => ({ path, uid, mtimeSeconds }))).toEqual([
      { path: 'right', uid: 7, mtimeSeconds: 9 },
      { path: 'next', uid: 7, mtimeSeconds: 0 },
    ]);
  });

  it('give extended attributes to the member that has them, and none of a global header to all', () => {
    const bytes = Buffer.concat([
      raw({ type: 'g', content: pax('SCHILY.xattr.user.all', 'x'.repeat(5000)) }),
      raw({ type: 'x', content: pax('SCHILY.xattr.user.one', 'value') }),
      raw({ name: 'has' }),
      raw({ name: 'has-not' }),
      END,
    ]);
    const xattrs = [...listTar(memoryByteSource(bytes))].map(({ header }) => ({ ...header.xattrs }));
    expect(xattrs).toEqual([{ 'user.one': Buffer.from('value') }, {}]);
  });

  it('take the numbers that other writers write', () => {
    const sizes = ['3', '3 ', '  3\0', '0000003 \0', '3\0garbage', '   3    \0\0'];
    for (const size of sizes) {
      expect(listed(Buffer.concat([raw({ size, content: 'abc' }), END])), JSON.stringify(size)).toEqual([
        { path: 'f', kind: 'file', content: 'abc' },
      ]);
    }
    for (const size of ['3 3', '8', '3x', '-1', '\t3'])
      expect(() => listed(Buffer.concat([raw({ size, content: 'abc' }), END])), size).toThrow(/no number/);
  });

  it('let go of the stream when the reader stops, and when the archive is damaged', async () => {
    for (const bytes of [two, Buffer.concat([two.subarray(0, 1024), Buffer.from('x'.repeat(512))])]) {
      let isClosed = false;
      const stream = async function* () {
        try {
          yield bytes;
        } finally {
          isClosed = true;
        }
      };
      await (async () => {
        for await (const { header } of readTar(stream())) if (bytes === two && header.path === 'a') break;
      })().catch(() => {});
      expect(isClosed).toBe(true);
    }
  });

  it('take a V7 name with a slash for a directory, and give links and directories no content', () => {
    const bytes = Buffer.concat([
      raw({ name: 'old/', type: '\0', magic: '' }),
      raw({ name: 'hard', type: '1', link: 'a', size: '00000000777\0' }),
      raw({ name: 'after', content: 'z' }),
      END,
    ]);
    expect(listed(bytes)).toEqual([
      { path: 'old', kind: 'directory', content: '' },
      { path: 'hard', kind: 'hardlink', content: '' },
      { path: 'after', kind: 'file', content: 'z' },
    ]);
  });

  const hostile: readonly [string, string, Buffer][] = [
    ['no tar at all', 'TAR_INVALID', Buffer.from('#!/bin/sh\n'.repeat(100))],
    ['less than a block', 'TAR_INVALID', Buffer.from('x')],
    ['a content that ends early', 'TAR_INVALID', raw({ content: 'x'.repeat(2000) }).subarray(0, 1500)],
    ['a size of 2^63', 'TAR_INVALID', raw({ size: Buffer.from([0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0]) })],
    ['a negative size', 'TAR_INVALID', raw({ size: Buffer.alloc(12, 0xff) })],
    ['a size that is no number', 'TAR_INVALID', raw({ size: '0000000zz00\0' })],
    ['a content that must be larger than the archive', 'TAR_INVALID', raw({ size: '77777777777\0' })],
    ['a PAX header of 1 GiB', 'LIMIT_EXCEEDED', raw({ type: 'x', size: '10000000000\0' })],
    [
      'a PAX header that ends early',
      'TAR_INVALID',
      raw({ type: 'x', content: 'x'.repeat(600) }).subarray(0, 700),
    ],
    ['a PAX record longer than its header', 'TAR_INVALID', raw({ type: 'x', content: '99 path=x\n' })],
    ['a PAX record of length 0', 'TAR_INVALID', raw({ type: 'x', content: '0 path=x\n' })],
    ['a PAX record without =', 'TAR_INVALID', raw({ type: 'x', content: '8 pathx\n' })],
    [
      'a PAX size that is no number',
      'TAR_INVALID',
      Buffer.concat([raw({ type: 'x', content: pax('size', '1e3') }), raw({})]),
    ],
    [
      'a PAX path with a NUL',
      'TAR_INVALID',
      Buffer.concat([raw({ type: 'x', content: pax('path', 'a\0b') }), raw({})]),
    ],
    [
      'a PAX path of 5000 bytes',
      'LIMIT_EXCEEDED',
      Buffer.concat([raw({ type: 'x', content: pax('path', 'p'.repeat(5000)) }), raw({})]),
    ],
    [
      'PAX headers without end',
      'LIMIT_EXCEEDED',
      Buffer.concat(Array.from({ length: 50 }, () => raw({ type: 'x', content: pax('a', 'b') }))),
    ],
    [
      'an archive that ends after a PAX header',
      'TAR_INVALID',
      Buffer.concat([raw({ type: 'x', content: pax('a', 'b') }), END]),
    ],
    ['a sparse file (GNU)', 'UNSUPPORTED', raw({ type: 'S' })],
    [
      'a sparse file (PAX)',
      'UNSUPPORTED',
      Buffer.concat([raw({ type: 'x', content: pax('GNU.sparse.major', '1') }), raw({})]),
    ],
  ];
  it.each(hostile)('refuse %s: %s', async (_what, code, bytes) => {
    const archive = Buffer.concat([bytes]);
    const error = expect.objectContaining({ name: 'MorselError', code, hint: expect.any(String) as string });
    expect(() => listed(archive)).toThrow(error);
    await expect(streamed(archive, 100)).rejects.toThrow(error);
  });

  it('read what writeTar writes', async () => {
    const entry = { kind: 'file', path: 'x', mode: 0o600, uid: 1, gid: 2, mtimeSeconds: 3 } as const;
    const bytes = Buffer.concat([
      ...writeTar([{ ...entry, sizeBytes: 4, open: () => memoryByteSource(Buffer.from('body')) }]),
    ]);
    expect(await streamed(bytes)).toEqual([{ path: 'x', kind: 'file', content: 'body' }]);
  });
});

async function* readable(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
