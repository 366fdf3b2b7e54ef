import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ByteSource, memoryByteSource, openByteSource } from '../core/byte-source.ts';
import { readLdSoProfile, usualProfile } from './ld-so-profile.ts';

const profileOf = (text: string) => readLdSoProfile(memoryByteSource(Buffer.from(text, 'latin1')), 'x86_64');

describe('readLdSoProfile', () => {
  it('reads the built-in directories of Debian, upstream and Nix', () => {
    const debian = profileOf(
      '\0x/\0/lib/x86_64-linux-gnu/\0/usr/lib/x86_64-linux-gnu/\0/lib/\0/usr/lib/\0glibc-hwcaps/\0',
    );
    expect(debian.directories).toEqual([
      '/lib/x86_64-linux-gnu/',
      '/usr/lib/x86_64-linux-gnu/',
      '/lib/',
      '/usr/lib/',
    ]);
    expect(debian.lib).toBe('lib/x86_64-linux-gnu');
    const fedora = profileOf('/var/tmp\0/lib64/\0/usr/lib64/\0x');
    expect(fedora).toMatchObject({ directories: ['/lib64/', '/usr/lib64/'], lib: 'lib64', isRead: true });
    const nix = profileOf('\0/nix/store/0abc-glibc-2.40-66/lib/\0');
    expect(nix).toMatchObject({ directories: ['/nix/store/0abc-glibc-2.40-66/lib/'], lib: 'lib' });
  });

  it('tells by its texts which hwcaps directories it knows', () => {
    const names = '\0x86-64-v4:x86-64-v3:x86-64-v2\0';
    expect(profileOf('\0/lib/\0')).toMatchObject({ glibcHwcaps: false, legacyHwcaps: true, knownHwcaps: [] });
    expect(profileOf(`\0/lib/\0--glibc-hwcaps-mask\0Legacy HWCAP subdirectories${names}`)).toMatchObject({
      glibcHwcaps: true,
      legacyHwcaps: true,
      knownHwcaps: ['x86-64-v4', 'x86-64-v3', 'x86-64-v2'],
    });
    expect(profileOf(`\0/lib/\0--glibc-hwcaps-mask${names}`)).toMatchObject({
      glibcHwcaps: true,
      legacyHwcaps: false,
    });
  });

  it('falls back to the usual directories of the machine', () => {
    expect(profileOf('nothing here')).toMatchObject({
      directories: usualProfile('x86_64').directories,
      isRead: false,
    });
    expect(usualProfile('aarch64').directories[0]).toBe('/lib/aarch64-linux-gnu/');
    expect(usualProfile(null).directories).toEqual(['/lib/', '/usr/lib/']);
  });

  it('reads at most 16 MiB, however many segments there are and wherever they are', () => {
    let readBytes = 0;
    const memory = memoryByteSource(loaderOfSegments(2000, 16 * 1024 * 1024));
    const source: ByteSource = {
      ...memory,
      read(offset, length) {
        const bytes = memory.read(offset, length);
        readBytes += bytes.length;
        return bytes;
      },
    };
    expect(readLdSoProfile(source, 'x86_64').isRead).toBe(false);
    expect(readBytes).toBeLessThan(17 * 1024 * 1024);
  });

  const own = '/lib64/ld-linux-x86-64.so.2';
  it.skipIf(!existsSync(own))('reads the loader of this machine', () => {
    const source = openByteSource(own);
    expect(readLdSoProfile(source, 'x86_64')).toMatchObject({ isRead: true, glibcHwcaps: true });
    source.close();
  });
});

/** An ELF file whose read-only segments are all the whole file. */
function loaderOfSegments(count: number, sizeBytes: number): Buffer {
  const file = Buffer.alloc(sizeBytes);
  file.write('\x7fELF\x02\x01\x01', 'latin1');
  file.writeUInt16LE(3, 16); // ET_DYN
  file.writeUInt16LE(62, 18); // EM_X86_64
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(64n, 32); // e_phoff
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(count, 56);
  for (let index = 0; index < count; index++) {
    const at = 64 + index * 56;
    file.writeUInt32LE(1, at); // PT_LOAD
    file.writeUInt32LE(4, at + 4); // PF_R
    file.writeBigUInt64LE(BigInt(sizeBytes), at + 32);
    file.writeBigUInt64LE(BigInt(sizeBytes), at + 40);
  }
  return file;
}
