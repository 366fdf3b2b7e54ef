import { describe, expect, it } from 'vitest';
import { buildElf, type ElfSpec } from '../../test/property/elf-builder.ts';
import { memoryByteSource } from '../core/byte-source.ts';
import { readElf } from './index.ts';

const payloadOf = (bytes: Buffer) => readElf(memoryByteSource(bytes)).payload;
const STATIC: ElfSpec = { sections: true };
const appended = (trailing: Buffer | string) =>
  payloadOf(buildElf({ ...STATIC, trailing: Buffer.from(trailing as string, 'latin1') }));
const filled = (...parts: readonly string[]) => `${'\x01'.repeat(9000)}${parts.join('')}`;

describe('a payload', () => {
  const tar = Buffer.alloc(512);
  tar.write('ustar', 257);
  const nuitka = Buffer.concat([Buffer.from('KAX'), Buffer.alloc(1000, 1)]);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(nuitka.length));

  it.each([
    ['pyinstaller', filled('MEI\x0c\x0b\x0a\x0b\x0e', '\0'.repeat(80))],
    ['bun', filled('\n---- Bun! ----\n', '\x01'.repeat(8))],
    ['deno', filled('d3n0l4nd', '\0'.repeat(16))],
    ['zip', filled('PK\x05\x06', '\0'.repeat(18))],
    ['squashfs', 'hsqs'],
    ['7z', '7z\xbc\xaf\x27\x1c'],
    ['xz', '\xfd7zXZ\x00'],
    ['gzip', '\x1f\x8b\x08'],
    ['zstd', '\x28\xb5\x2f\xfd'],
    ['tar', tar.toString('latin1')],
    ['nuitka', Buffer.concat([nuitka, size]).toString('latin1')],
  ] as const)('of kind %s is known by its own bytes', (kind, trailing) => {
    const bytes = buildElf({ ...STATIC, trailing: Buffer.from(trailing, 'latin1') });
    const plain = buildElf(STATIC);
    expect(payloadOf(bytes)).toEqual({
      kind,
      offset: plain.length,
      sizeBytes: bytes.length - plain.length,
    });
  });

  it('is an AppImage by the mark in the ELF header', () => {
    const bytes = buildElf({ ...STATIC, trailing: Buffer.from('hsqs') });
    bytes.write('AI\x02', 8, 'latin1');
    expect(payloadOf(bytes)).toMatchObject({ kind: 'appimage', sizeBytes: 4 });
    bytes.write('AI\x03', 8, 'latin1');
    expect(payloadOf(bytes)).toMatchObject({ kind: 'squashfs' });
  });

  it("is Node's application by a note, whatever its size", () => {
    const description = Buffer.alloc(2 * 1024 * 1024, 7);
    const notes = [
      { owner: 'GNU', type: 3, description: Buffer.alloc(20) },
      { owner: 'NODE_SEA_BLOB', type: 0, description },
    ];
    expect(payloadOf(buildElf({ ...STATIC, notes }))).toMatchObject({ kind: 'node-sea' });
  });

  it('is nothing where nothing is appended, or something that is not known', () => {
    expect(payloadOf(buildElf(STATIC))).toBeNull();
    expect(appended('some signature')).toBeNull();
    // A size that leads nowhere.
    expect(appended(filled('\xff'.repeat(8)))).toBeNull();
  });
});
