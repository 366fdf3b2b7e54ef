import { describe, expect, it } from 'vitest';
import { CANONICAL_MIRRORS, chooseMirrors, parseDeb822Sources, parseOneLineSources } from './apt-mirrors.ts';

const DEB822 = `# made by an installer
Types: deb
# another, left out
URIs: http://mirror.example/debian/ https://second.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm

Types: deb deb-src
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
`;

describe('apt sources', () => {
  it('reads deb822: comments within, keys over several lines, several addresses, what is switched off', () => {
    expect(parseDeb822Sources(DEB822)).toEqual([
      { uri: 'http://mirror.example/debian', suite: 'bookworm' },
      { uri: 'http://mirror.example/debian', suite: 'bookworm-updates' },
      { uri: 'https://second.example/debian', suite: 'bookworm' },
      { uri: 'https://second.example/debian', suite: 'bookworm-updates' },
      { uri: 'http://mirror.example/debian-security', suite: 'bookworm-security' },
    ]);
  });

  it('reads lines with options, and leaves media, comments and other methods alone', () => {
    const text = [
      '# deb http://comment.example/debian bookworm main',
      'deb [arch=amd64 signed-by=/x.gpg] http://a.example/debian/ trixie main contrib',
      'deb cdrom:[Debian 12]/ bookworm main',
      'deb file:/srv/debian bookworm main',
      'deb-src http://a.example/debian trixie main',
      'deb http://s.example/debian-security trixie/updates main',
    ].join('\n');
    expect(parseOneLineSources(text)).toEqual([
      { uri: 'http://a.example/debian', suite: 'trixie' },
      { uri: 'http://a.example/debian', suite: 'trixie' },
      { uri: 'http://s.example/debian-security', suite: 'trixie/updates' },
    ]);
  });

  it('takes the machine’s mirrors, of whichever release of Debian', () => {
    const sources = parseOneLineSources(
      'deb http://a.example/debian trixie main\ndeb http://s.example/sec trixie-security main',
    );
    expect(chooseMirrors(sources, undefined)).toEqual({
      main: 'http://a.example/debian',
      security: 'http://s.example/sec',
    });
  });

  it('takes Debian’s own where the machine is no Debian', () => {
    const ubuntu = parseOneLineSources(
      'deb http://u.example/ubuntu noble main\ndeb http://u.example/ubuntu noble-security main',
    );
    expect(chooseMirrors(ubuntu, undefined)).toEqual(CANONICAL_MIRRORS);
  });

  it('lets MORSEL_DEBIAN_MIRROR win, alone or with the security archive', () => {
    const sources = parseOneLineSources('deb http://a.example/debian bookworm main');
    expect(chooseMirrors(sources, 'http://own/debian/')).toEqual({
      main: 'http://own/debian',
      security: 'http://own/debian-security',
    });
    expect(chooseMirrors(sources, 'http://own/debian http://own/updates').security).toBe(
      'http://own/updates',
    );
  });
});
