import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directoryTree } from '../rootfs/index.ts';
import { packageFamily, packageOwners, packageRecords } from './index.ts';

let root = '';
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'packages-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, ...lines: readonly string[]): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), lines.map((line) => `${line}\n`).join(''));
}

const owners = (...wanted: readonly string[]): readonly (string | null)[] => {
  return wanted.map(packageOwners(directoryTree(root), new Set(wanted)));
};
const records = (...wanted: readonly string[]) => wanted.map(packageRecords(directoryTree(root), wanted));

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

describe('packageOwners', () => {
  it('knows both names of a path on a merged /usr, and no more than those', () => {
    write('var/lib/dpkg/info/libc6:amd64.list', '/.', '/lib/x/libc.so.6', '/etc/npmrc', '/usr/share/a');
    expect(owners('/usr/lib/x/libc.so.6', '/lib/x/libc.so.6')).toEqual(['libc6', 'libc6']);
    // Neither is another name of what the package has.
    expect(owners('/usr/etc/npmrc', '/share/a')).toEqual([null, null]);
  });

  it('answers the same for a few paths and for many', () => {
    const paths = Array.from({ length: 100 }, (_, index) => `/usr/share/p/${index}`);
    write('var/lib/dpkg/info/p.list', '/usr/share/p', ...paths);
    expect(owners('/usr/share/p/7', '/usr/share/p/', '/usr/share')).toEqual(['p', null, null]);
    expect(owners(...paths, '/usr/share/p/100')).toEqual([...paths.map(() => 'p'), null]);
  });

  it("follows a diversion: whose file stays, whose went away, and an administrator's", () => {
    write('var/lib/dpkg/diversions', '/bin/sh', '/bin/sh.distrib', 'dash', '/bin/x', '/bin/x.local', ':');
    write('var/lib/dpkg/info/bash.list', '/bin/sh', '/bin/x');
    write('var/lib/dpkg/info/dash.list', '/bin/sh');
    expect(owners('/bin/sh', '/bin/sh.distrib', '/usr/bin/x', '/usr/bin/x.local')).toEqual([
      'dash',
      'bash',
      null,
      'bash',
    ]);
  });

  it('reads the databases of apk and pacman', () => {
    write(
      'lib/apk/db/installed',
      'P:busybox',
      'F:bin',
      'M:0:0:755',
      'R:busybox',
      'a:0:0:755',
      'F:',
      'R:init',
      '',
    );
    write('var/lib/pacman/local/gcc-libs-13.2.1-3/files', '%FILES%', 'usr/lib/', 'usr/lib/libgcc_s.so.1', '');
    expect(owners('/usr/bin/busybox', '/bin', '/init', '/usr/lib/libgcc_s.so.1', '/usr/lib')).toEqual([
      'busybox',
      'busybox',
      'busybox',
      'gcc-libs',
      'gcc-libs',
    ]);
  });

  it('says which directories several packages have', () => {
    write('var/lib/dpkg/info/a.list', '/usr/share', '/usr/share/a');
    write('var/lib/dpkg/info/b.list', '/usr/share');
    expect(records('/usr/share', '/usr/share/a')).toEqual([
      { package: 'a', isShared: true, configuration: null },
      { package: 'a', isShared: false, configuration: null },
    ]);
  });
});

describe('packageRecords', () => {
  it('has what dpkg and ucf know of configuration', () => {
    write('var/lib/dpkg/info/nginx.list', '/etc/nginx/nginx.conf', '/usr/sbin/nginx');
    write(
      'var/lib/dpkg/status',
      'Package: nginx',
      'Status: install ok installed',
      'Conffiles:',
      ` /etc/nginx/nginx.conf ${MD5}`,
      ' /etc/nginx/old.conf newconffile',
      'Description: x',
      '',
    );
    write('var/lib/ucf/registry', 'php8.2-cli \t /etc/php/php.ini', 'gone \t /etc/gone');
    write('var/lib/ucf/hashfile', `${MD5}  /etc/php/php.ini`, `${MD5}  /etc/nobodys`, 'nonsense');
    const configuration = { algorithm: 'md5', hex: MD5 };
    expect(
      records('/etc/nginx/nginx.conf', '/usr/sbin/nginx', '/etc/php/php.ini', '/etc/gone', '/etc/nobodys'),
    ).toEqual([
      { package: 'nginx', isShared: false, configuration },
      { package: 'nginx', isShared: false, configuration: null },
      { package: 'php8.2-cli', isShared: false, configuration },
      null,
      null,
    ]);
  });

  it('has what apk and pacman know of it', () => {
    write(
      'lib/apk/db/installed',
      'P:b',
      'F:etc',
      'R:b.conf',
      'Z:Q12jmj7l5rSw0yVb/vlWAYkK/YBwk=',
      'R:plain',
      'Z:x',
      '',
    );
    write('var/lib/pacman/local/c-1-1/files', '%FILES%', 'etc/c.conf', '', '%BACKUP%', `etc/c.conf\t${MD5}`);
    expect(
      records('/etc/b.conf', '/etc/plain', '/etc/c.conf').map((record) => record?.configuration),
    ).toEqual([
      { algorithm: 'sha1', hex: 'da39a3ee5e6b4b0d3255bfef95601890afd80709' },
      null,
      { algorithm: 'md5', hex: MD5 },
    ]);
  });
});

describe('packageFamily', () => {
  it('is a package with those of its source and all that they depend on, alternatives and what is provided', () => {
    const stanza = (name: string, fields: readonly string[], status = 'install ok installed') => {
      write(`var/lib/dpkg/info/${name}.list`, `/usr/share/${name}`);
      return [`Package: ${name}`, `Status: ${status}`, ...fields, ''];
    };
    write(
      'var/lib/dpkg/status',
      ...stanza('git', ['Pre-Depends: libc6 (>= 2.36)', 'Depends: perl:any | awk,', ' git-man (>> 1:2)']),
      ...stanza('mawk', ['Provides: awk (= 1)', 'Depends: libc6']),
      ...stanza('libc6', ['Depends: git']),
      ...stanza('git-man', [], 'deinstall ok config-files'),
      ...stanza('unrelated', ['Depends: git']),
      ...stanza('git-daemon', ['Source: git (1:2.39)']),
      ...stanza('git-extras', ['Source: git-extras']),
    );
    const family = packageFamily(directoryTree(root), '/usr/share/git');
    expect([...(family?.packages ?? [])].toSorted()).toEqual(['git', 'git-daemon', 'libc6', 'mawk']);
    expect(family?.paths).toEqual(['git-daemon', 'git', 'libc6', 'mawk'].map((name) => `/usr/share/${name}`));
    expect(packageFamily(directoryTree(root), '/usr/share/nobodys')).toBeNull();
  });

  it('knows what apk means by so:, !conflicts and versions', () => {
    write(
      'lib/apk/db/installed',
      'P:git',
      'D:so:libz.so.1 !old zstd>=1.5',
      'F:usr/bin',
      'R:git',
      '',
      'P:zlib',
      'p:so:libz.so.1=1.3.1',
      'F:usr/lib',
      'R:libz.so.1',
      '',
      'P:zstd',
      'F:var/lib/zstd',
      '',
      'P:old',
      'F:usr/old',
      '',
    );
    expect(packageFamily(directoryTree(root), '/usr/bin/git')).toEqual({
      packages: new Set(['git', 'zstd', 'zlib']),
      paths: ['/usr/bin', '/usr/bin/git', '/usr/lib', '/usr/lib/libz.so.1', '/var/lib/zstd'],
    });
  });
});
