import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildElf } from '../../../test/property/elf-builder.ts';
import { memoryByteSource } from '../../core/byte-source.ts';
import { readPyInstallerArchive } from './pyinstaller-archive.ts';

interface Member {
  readonly name: string;
  readonly bytes: Buffer;
  readonly type?: string;
  readonly compressed?: boolean;
  /** A lie of the table. */
  readonly sizeBytes?: number;
}

/** A CArchive as PyInstaller/archive/writers.py writes it. */
function carchive(members: readonly Member[], lies: { contents?: number; archive?: number } = {}): Buffer {
  const stored = members.map(({ bytes, compressed = true }) => (compressed ? deflateSync(bytes) : bytes));
  let offset = 0;
  const entries = members.map(({ name, bytes, type = 'b', compressed = true, sizeBytes }, index) => {
    const label = Buffer.from(`${name}\0`);
    const head = Buffer.alloc(18);
    const length = stored[index]?.length ?? 0;
    [18 + label.length, offset, length, sizeBytes ?? bytes.length].forEach((value, field) =>
      head.writeUInt32BE(value, field * 4),
    );
    head[16] = compressed ? 1 : 0;
    head.write(type, 17, 'latin1');
    offset += length;
    return Buffer.concat([head, label]);
  });
  const contents = Buffer.concat(entries);
  const cookie = Buffer.alloc(88);
  cookie.write('MEI\x0c\x0b\x0a\x0b\x0e', 0, 'latin1');
  cookie.writeUInt32BE(lies.archive ?? offset + contents.length + cookie.length, 8);
  cookie.writeUInt32BE(offset, 12);
  cookie.writeUInt32BE(lies.contents ?? contents.length, 16);
  return Buffer.concat([...stored, contents, cookie]);
}

function read(archive: Buffer, before = Buffer.alloc(100)) {
  const bytes = Buffer.concat([before, archive, Buffer.from('signature')]);
  const payload = { kind: 'pyinstaller', offset: 100, sizeBytes: bytes.length - 100 } as const;
  const found = readPyInstallerArchive(memoryByteSource(bytes), payload);
  return found && { needed: Object.fromEntries(found.needed), isWhole: found.isWhole };
}

const library = (...needed: readonly string[]): Buffer => buildElf({ soname: 'x', needed });

describe('readPyInstallerArchive', () => {
  it('names what its libraries ask for and it does not bring', () => {
    const members: readonly Member[] = [
      { name: 'libpython3.11.so.1.0', bytes: library('libm.so.6', 'libc.so.6') },
      { name: 'lib-dynload/_ssl.so', bytes: library('libssl.so.3', 'libc.so.6'), compressed: false },
      { name: 'libssl.so.3', bytes: library('libz.so.1') },
      { name: 'libz.so.1', bytes: Buffer.from('libz.so'), type: 'n' },
      { name: 'script', bytes: Buffer.from('import x'), type: 's' },
    ];
    expect(read(carchive(members))).toEqual({
      needed: { 'libm.so.6': 'libpython3.11.so.1.0', 'libc.so.6': 'libpython3.11.so.1.0' },
      isWhole: true,
    });
  });

  it('unpacks no more than the table says, nor what the limits forbid', () => {
    const bomb = { name: 'a.so', bytes: Buffer.alloc(50_000_000), sizeBytes: 100 };
    expect(read(carchive([bomb]))).toEqual({ needed: {}, isWhole: false });
    const large = { name: 'a.so', bytes: library('l.so'), sizeBytes: 0xffff_ffff };
    expect(read(carchive([large]))).toEqual({ needed: {}, isWhole: false });
  });

  it('takes broken bytes for what they are', () => {
    const good = carchive([{ name: 'a.so', bytes: library('l.so') }]);
    expect(read(Buffer.alloc(2000))).toBeNull();
    expect(read(carchive([{ name: 'a', bytes: Buffer.alloc(4) }], { archive: 0x7fff_ffff }))).toBeNull();
    expect(read(carchive([{ name: 'a', bytes: Buffer.alloc(4) }], { contents: 0x7fff_ffff }))).toBeNull();
    for (let at = 0; at < good.length; at += 7) {
      const broken = Buffer.from(good);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      expect(() => read(broken)).not.toThrow();
    }
  });
});
