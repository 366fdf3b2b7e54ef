import { describe, expect, it } from 'vitest';
import { parseStanzas } from './control-file.ts';
import { parseRelease } from './release-file.ts';
import { parseSourceStanza } from './source-stanza.ts';

const DIGEST = 'a'.repeat(64);
const STANZA = `Package: zlib
Format: 3.0 (quilt)
Binary: zlib1g, zlib1g-dev
Version: 1:1.2.13.dfsg-1
Package-List:
 zlib1g deb libs optional arch=any
Checksums-Sha256:
 ${DIGEST} 2572 zlib_1.2.13.dfsg-1.dsc
 ${DIGEST} 324640 zlib_1.2.13.dfsg.orig.tar.bz2
 ${DIGEST} 21092 zlib_1.2.13.dfsg-1.debian.tar.xz
 ${DIGEST} 833 zlib_1.2.13.dfsg.orig.tar.bz2.asc
Directory: pool/main/z/zlib
`;

const parse = (text: string) => {
  const [stanza] = parseStanzas(text);
  return stanza === undefined ? null : parseSourceStanza(stanza);
};

describe('parseSourceStanza', () => {
  it('takes version, place and tarballs, and no signatures', () => {
    expect(parse(STANZA)).toEqual({
      package: 'zlib',
      version: '1:1.2.13.dfsg-1',
      format: '3.0 (quilt)',
      directory: 'pool/main/z/zlib',
      files: [
        { name: 'zlib_1.2.13.dfsg.orig.tar.bz2', sha256: DIGEST, sizeBytes: 324640 },
        { name: 'zlib_1.2.13.dfsg-1.debian.tar.xz', sha256: DIGEST, sizeBytes: 21092 },
      ],
    });
  });

  it.each([
    ['a folder above', STANZA.replace('pool/main/z/zlib', 'pool/../../etc')],
    ['a folder that is no pool', STANZA.replace('pool/main/z/zlib', '/etc')],
    ['a name with a folder', STANZA.replace('zlib_1.2.13.dfsg.orig.tar.bz2\n', '../x.orig.tar.bz2\n')],
    ['a name that hides', STANZA.replace('zlib_1.2.13.dfsg.orig.tar.bz2\n', '.x.orig.tar.bz2\n')],
    ['no digests', STANZA.replaceAll(DIGEST, 'b'.repeat(40))],
    ['no version', STANZA.replace('Version: 1:1.2.13.dfsg-1\n', '')],
  ])('refuses %s', (_, text) => {
    expect(parse(text)).toBeNull();
  });
});

describe('parseRelease', () => {
  const text = `Origin: Debian\nCodename: bookworm\nValid-Until: Sat, 05 Dec 2026 10:00:00 UTC\nSHA256:\n ${DIGEST}  9491888 main/source/Sources.xz\n`;

  it('takes the codename, the end and the digests', () => {
    const release = parseRelease(text, 'x');
    expect(release.codename).toBe('bookworm');
    expect(release.validUntil?.toISOString()).toBe('2026-12-05T10:00:00.000Z');
    expect(release.indexes.get('main/source/Sources.xz')).toEqual({
      name: 'main/source/Sources.xz',
      sha256: DIGEST,
      sizeBytes: 9491888,
    });
  });

  it('refuses an end that is no date, and a file without digests', () => {
    expect(() => parseRelease(text.replace('Sat, 05 Dec 2026 10:00:00 UTC', 'soon'), 'x')).toThrow('no date');
    expect(() => parseRelease('Codename: bookworm\n', 'x')).toThrow('no digests');
  });
});
