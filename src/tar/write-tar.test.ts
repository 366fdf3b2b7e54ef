import { describe, expect, it } from 'vitest';
import { memoryByteSource } from '../core/byte-source.ts';
import type { TarEntry } from './tar-entry.ts';
import { listTar } from './list-tar.ts';
import { tarSizeBytes, writeTar } from './write-tar.ts';

const file = (path: string, content: string | Buffer = 'x', more: Partial<TarEntry> = {}): TarEntry =>
  ({
    kind: 'file',
    path,
    mode: 0o755,
    uid: 0,
    gid: 0,
    mtimeSeconds: 0,
    sizeBytes: Buffer.from(content as string).length,
    open: () => memoryByteSource(Buffer.from(content as string)),
    ...more,
  }) as TarEntry;

const written = (...entries: TarEntry[]): Buffer => Buffer.concat([...writeTar(entries)]);
const readBack = (...entries: TarEntry[]) =>
  [...listTar(memoryByteSource(written(...entries)))].map((m) => m.header);

describe('writeTar', () => {
  it('writes header, padded content and two zero blocks, and nothing more', () => {
    const bytes = written(file('hello', 'abc'));
    expect(bytes.length).toBe(512 + 512 + 1024);
    expect(bytes.subarray(0, 6).toString()).toBe('hello\0');
    expect(bytes.toString('latin1', 100, 156)).toBe(
      '0000755\x000000000\x000000000\x0000000000003\x0000000000000\x00006767\0 ',
    );
    expect(bytes.toString('latin1', 156, 157)).toBe('0');
    expect(bytes.toString('latin1', 257, 265)).toBe('ustar\x0000');
    // No user, group or device, whose values differ from machine to machine.
    expect(bytes.subarray(265, 512).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(512, 515).toString()).toBe('abc');
    expect(bytes.subarray(515).every((byte) => byte === 0)).toBe(true);
  });

  it('writes no padding after a content of whole blocks', () => {
    expect(written(file('a', Buffer.alloc(1024, 1))).length).toBe(512 + 1024 + 1024);
    expect(written(file('empty', '')).length).toBe(512 + 1024);
  });

  it.each([1, 99, 100, 101, 155, 156, 255, 256, 257, 3000])('keeps a path of %i bytes', (length) => {
    const name = 'd'.repeat(length);
    const nested = `${'e/'.repeat(Math.floor(length / 2))}f`;
    expect(readBack(file(name)).map((header) => header.path)).toEqual([name]);
    expect(readBack(file(nested)).map((header) => header.path)).toEqual([nested]);
  });

  it('uses PAX only where ustar has no room', () => {
    const blocks = (entry: TarEntry): number => written(entry).length / 512;
    expect(blocks(file('a'.repeat(100), ''))).toBe(3);
    expect(blocks(file(`${'p'.repeat(155)}/${'n'.repeat(100)}`, ''))).toBe(3);
    expect(blocks(file(`${'p'.repeat(156)}/${'n'.repeat(100)}`, ''))).toBe(5);
    expect(blocks(file('a', '', { uid: 0o7777777 }))).toBe(3);
    expect(blocks(file('a', '', { uid: 0o10000000 }))).toBe(5);
  });

  it('keeps directories, links, owners, times and attributes', () => {
    const common = { uid: 4_000_000_000, gid: 65532, mtimeSeconds: 2 ** 34 };
    const target = `/${'t'.repeat(150)}`;
    const [directory, symlink, plain] = readBack(
      { kind: 'directory', path: 'tmp', mode: 0o1777, ...common },
      { kind: 'symlink', path: 'tmp/link', target, ...common },
      file('tmp/ping', 'ELF', {
        ...common,
        xattrs: { 'security.capability': Buffer.from([1, 0, 0, 2, 10, 0x3d]) },
      }),
    );
    expect(directory).toMatchObject({ kind: 'directory', path: 'tmp', mode: 0o1777, ...common });
    expect(symlink).toMatchObject({ kind: 'symlink', path: 'tmp/link', linkTarget: target, ...common });
    expect(plain).toMatchObject({ kind: 'file', mode: 0o755, sizeBytes: 3, ...common });
    expect(plain?.xattrs['security.capability']).toEqual(Buffer.from([1, 0, 0, 2, 10, 0x3d]));
  });

  it('writes extended attributes in one order, whatever the caller had', () => {
    const one = { 'user.a': Buffer.from('1'), 'user.b': Buffer.from('2') };
    const other = { 'user.b': Buffer.from('2'), 'user.a': Buffer.from('1') };
    expect(written(file('f', '', { xattrs: one }))).toEqual(written(file('f', '', { xattrs: other })));
  });

  it('counts the digits of a record that makes itself longer', () => {
    // 'NN path=' + value + '\n': around 100 and 1000 the length needs one digit more than without itself.
    for (let length = 80; length < 120; length += 1) {
      expect(readBack(file('n'.repeat(length) + '/'.repeat(0), '')).map((h) => h.path.length)).toEqual([
        length,
      ]);
    }
    for (let length = 970; length < 1010; length += 1) {
      expect(readBack(file('n'.repeat(length), ''))[0]?.path.length).toBe(length);
    }
  });

  it('says beforehand how large it will be', () => {
    const entries = [file('a', 'abc'), file('b'.repeat(300), Buffer.alloc(5000)), file('c', '')];
    expect(tarSizeBytes(entries)).toBe(written(...entries).length);
  });

  it.each([
    ['shorter', 5],
    ['longer', 2],
  ])('fails when a file has become %s', (_what, sizeBytes) => {
    expect(() => written(file('f', 'abc', { sizeBytes }))).toThrow(
      expect.objectContaining({
        code: 'UNREADABLE',
        message: expect.stringContaining('changed while it was read'),
      }),
    );
  });

  it('closes a file also when the reader stops in the middle', () => {
    let closed = 0;
    const open = () => ({ ...memoryByteSource(Buffer.alloc(1024)), close: () => void (closed += 1) });
    const steps = writeTar([file('f', Buffer.alloc(1024), { open })]);
    steps.next();
    steps.next();
    steps.return();
    expect(closed).toBe(1);
  });

  it('refuses an attribute name that PAX cannot hold', () => {
    const xattrs = { 'user.a=b': Buffer.from('') };
    expect(() => written(file('f', '', { xattrs }))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    );
  });
});
