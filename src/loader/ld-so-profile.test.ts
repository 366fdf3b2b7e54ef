import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { memoryByteSource, openByteSource } from '../core/byte-source.ts';
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
    expect(usualProfile('unheard-of').directories).toEqual(['/lib/', '/usr/lib/']);
  });

  const own = '/lib64/ld-linux-x86-64.so.2';
  it.skipIf(!existsSync(own))('reads the loader of this machine', () => {
    const source = openByteSource(own);
    expect(readLdSoProfile(source, 'x86_64')).toMatchObject({ isRead: true, glibcHwcaps: true });
    source.close();
  });
});
