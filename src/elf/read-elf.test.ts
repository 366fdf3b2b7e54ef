import { describe, expect, it } from 'vitest';
import { buildElf, type ElfSpec } from '../../test/property/elf-builder.ts';
import { type ByteSource, memoryByteSource } from '../core/byte-source.ts';
import type { ElfFacts } from './facts.ts';
import { isElf, readElf, readElfLinkage } from './index.ts';

function facts(spec: ElfSpec): ElfFacts {
  return readElf(memoryByteSource(buildElf(spec), 'built'));
}

function codeOf(bytes: Buffer): string {
  try {
    readElf(memoryByteSource(bytes, 'bad'));
    return 'none';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const dynamicSpec: ElfSpec = {
  interpreter: '/lib64/ld-linux-x86-64.so.2',
  needed: ['libm.so.6', 'libc.so.6'],
  runpath: '$ORIGIN/../lib',
  flags1: 0x0800_0001,
  imports: [
    { name: 'puts', library: 'libc.so.6', version: 'GLIBC_2.2.5' },
    { name: '__libc_start_main', library: 'libc.so.6', version: 'GLIBC_2.34' },
  ],
};

describe('readElf', () => {
  for (const elfClass of [32, 64] as const) {
    for (const littleEndian of [true, false]) {
      it(`reads ${elfClass} bits, ${littleEndian ? 'little' : 'big'} endian`, () => {
        const read = facts({
          ...dynamicSpec,
          class: elfClass,
          littleEndian,
          machine: elfClass === 64 ? 22 : 20,
          sections: true,
        });
        expect(read).toMatchObject({
          class: elfClass,
          byteOrder: littleEndian ? 'little' : 'big',
          machine: elfClass === 64 ? 's390x' : 'ppc',
          type: 'DYN',
          link: 'dynamic',
          interpreter: '/lib64/ld-linux-x86-64.so.2',
          needed: ['libm.so.6', 'libc.so.6'],
          runpath: '$ORIGIN/../lib',
          rpath: null,
          libc: 'glibc',
          minimumGlibc: '2.34',
          languages: ['c'],
          toolchain: ['GCC: (test) 12'],
          hasSectionHeaders: true,
          stripped: true,
        });
        expect(read.versionNeeds).toEqual([
          {
            library: 'libc.so.6',
            versions: [
              { name: 'GLIBC_2.2.5', weak: false },
              { name: 'GLIBC_2.34', weak: false },
            ],
          },
        ]);
      });
    }
  }

  it('tells the four kinds of link', () => {
    expect(facts({ type: 2 }).link).toBe('static');
    expect(facts({ type: 3, flags1: 0x0800_0000 }).link).toBe('static-pie');
    expect(facts({ type: 3, soname: 'libx.so' }).link).toBe('shared');
    expect(facts({ type: 3, interpreter: '/lib/ld-musl-x86_64.so.1' }).link).toBe('dynamic');
    expect(facts({ type: 1 }).link).toBe('none');
  });

  it('reads build-id, ABI tag and the level of the processor from notes', () => {
    const property = Buffer.alloc(16);
    property.writeUInt32LE(0xc0008002, 0);
    property.writeUInt32LE(4, 4);
    property.writeUInt32LE(0b111, 8);
    const tag = Buffer.alloc(16);
    [0, 3, 2, 0].forEach((word, index) => tag.writeUInt32LE(word, index * 4));
    const read = facts({
      notes: [
        { owner: 'GNU', type: 3, description: Buffer.from('00ff10', 'hex') },
        { owner: 'GNU', type: 1, description: tag },
        { owner: 'GNU', type: 5, description: property },
        { owner: 'Go', type: 4, description: Buffer.from('abc/def') },
      ],
    });
    expect(read.buildId).toBe('00ff10');
    expect(read.abiTag).toEqual({ os: 'Linux', kernel: '3.2.0' });
    expect(read.isaLevel).toBe('x86-64-v3');
    expect(read.goBuildId).toBe('abc/def');
  });

  it('reads the stack', () => {
    expect(facts({ stackFlags: 7, stackSizeBytes: 8 << 20 })).toMatchObject({
      executableStack: true,
      stackSizeBytes: 8 << 20,
    });
    expect(facts({})).toMatchObject({ executableStack: false, stackSizeBytes: 0 });
  });

  it('counts IRELATIVE relocations through the dynamic section', () => {
    expect(facts({ flags1: 1, relocations: [8, 37, 37, 6] }).irelativeCount).toBe(2);
    expect(facts({ flags1: 1, machine: 183, relocations: [1027, 1032] }).irelativeCount).toBe(1);
  });

  it('counts what is appended', () => {
    expect(facts({ sections: true }).trailingBytes).toBe(0);
    expect(facts({ sections: true, trailing: Buffer.alloc(1000) }).trailingBytes).toBe(1000);
  });

  it('is blind on what UPX packed, and says so', () => {
    const read = facts({ type: 2, constants: Buffer.from('UPX!') });
    expect(read).toMatchObject({ packedBy: 'upx', libc: 'unknown', link: 'static' });
    expect(read.libcEvidence).toContain('upx -d');
  });

  it('knows a Go PIE that asks for a loader which it does not need', () => {
    const read = facts({
      interpreter: '/lib64/ld-linux-x86-64.so.2',
      flags1: 1,
      notes: [{ owner: 'Go', type: 4, description: Buffer.from('x') }],
    });
    expect(read).toMatchObject({ link: 'dynamic', libc: 'go', needed: [], languages: ['go'] });
  });

  it('tells GLIBC_PRIVATE and DT_RELR from numbered versions', () => {
    const read = facts({
      imports: [
        { name: 'a', library: 'libc.so.6', version: 'GLIBC_PRIVATE' },
        { name: 'b', library: 'libc.so.6', version: 'GLIBC_ABI_DT_RELR' },
        { name: 'c', library: 'libc.so.6', version: 'GLIBC_2.4' },
      ],
    });
    expect(read).toMatchObject({ needsPrivateGlibc: true, minimumGlibc: '2.36' });
  });

  it('gives a loader the same facts by fewer reads', () => {
    const source = memoryByteSource(buildElf(dynamicSpec), 'built');
    const all: Record<string, unknown> = { ...readElf(source) };
    for (const [key, value] of Object.entries(readElfLinkage(source))) expect(all[key]).toEqual(value);
  });
});

describe('a file of 1 GB', () => {
  it('costs kilobytes', () => {
    const start = buildElf({ ...dynamicSpec, notes: [], sections: true });
    let largest = 0;
    let total = 0;
    const source: ByteSource = {
      name: 'large',
      sizeBytes: 2 ** 30,
      read: (offset, length) => {
        largest = Math.max(largest, length);
        total += length;
        const bytes = Buffer.alloc(Math.min(length, 2 ** 30 - offset));
        if (offset < start.length) start.copy(bytes, 0, offset, offset + length);
        return bytes;
      },
      close: () => {},
    };
    expect(readElf(source)).toMatchObject({ link: 'dynamic', trailingBytes: 2 ** 30 - start.length });
    expect(largest).toBeLessThanOrEqual(256 * 1024 + 64);
    expect(total).toBeLessThan(1024 * 1024);
  });
});

describe('bad bytes', () => {
  const good = buildElf({ ...dynamicSpec, sections: true });

  it('are NOT_AN_EXECUTABLE without the magic, ELF_INVALID with it', () => {
    expect(codeOf(Buffer.alloc(0))).toBe('NOT_AN_EXECUTABLE');
    expect(codeOf(Buffer.from('#!/bin/sh\n'))).toBe('NOT_AN_EXECUTABLE');
    expect(codeOf(Buffer.from('\x7fELF', 'latin1'))).toBe('ELF_INVALID');
    expect(codeOf(good.subarray(0, 63))).toBe('ELF_INVALID');
    expect(isElf(memoryByteSource(Buffer.from('\x7fELF', 'latin1')))).toBe(true);
    expect(isElf(memoryByteSource(Buffer.from('\x7fEL', 'latin1')))).toBe(false);
  });

  it('name the offset', () => {
    const bytes = Buffer.from(good);
    bytes[4] = 9;
    expect(() => readElf(memoryByteSource(bytes, 'x.bin'))).toThrow(/x\.bin.*EI_CLASS is 9.*0x4/);
  });

  it('in section headers do not matter', () => {
    for (const [offset, value] of [
      [40, 0xffffffff],
      [60, 0xffff],
      [62, 0xfffe],
      [58, 3],
    ] as const) {
      const bytes = Buffer.from(good);
      if (offset === 40) bytes.writeBigUInt64LE(BigInt(value), offset);
      else bytes.writeUInt16LE(value, offset);
      expect(readElf(memoryByteSource(bytes, 'x')).needed).toEqual(['libm.so.6', 'libc.so.6']);
    }
  });

  it('are bounded: more program headers than Linux would load', () => {
    const bytes = Buffer.concat([good, Buffer.alloc(4096 * 56)]);
    bytes.writeUInt16LE(3000, 56);
    expect(codeOf(bytes)).toBe('ELF_INVALID');
  });

  it('truncated anywhere, never give anything but facts or ELF_INVALID', () => {
    for (let length = 4; length < good.length; length += 3)
      expect(['none', 'ELF_INVALID']).toContain(codeOf(good.subarray(0, length)));
  });
});
