import { describe, expect, it } from 'vitest';
import { memoryByteSource } from '../core/byte-source.ts';
import type { FileTree, FileTreeEntry } from '../rootfs/index.ts';
import { type Need, type NeedKey, supplyNeeds } from './index.ts';
import { localeNamedBy } from './families/locale.ts';
import { zoneNamedBy } from './families/time-zones.ts';

const need = (name: NeedKey, level: Need['level'], details?: Need['details']): Need => ({
  need: name,
  level,
  evidence: `uses ${name} (/app)`,
  failure: 'it fails',
  fix: 'add it',
  ...(details === undefined ? {} : { details }),
});

/** A build machine with these files. */
function host(files: Readonly<Record<string, string>>): FileTree {
  const entry = (path: string): FileTreeEntry | null =>
    files[path] === undefined
      ? null
      : {
          kind: 'file',
          mode: 0o600,
          uid: 1000,
          gid: 1000,
          sizeBytes: files[path].length,
          target: '',
          identity: path,
        };
  return {
    name: 'host',
    lstat: entry,
    list: () => [],
    open: (path) => (files[path] === undefined ? null : memoryByteSource(Buffer.from(files[path]))),
    resolve: (path) => {
      const found = entry(path);
      return found === null ? null : { path, entry: found };
    },
  };
}

const FULL = host({
  '/etc/ssl/certs/ca-certificates.crt': 'PEM',
  '/usr/share/zoneinfo/Europe/Paris': 'TZif',
  '/lib/terminfo/x/xterm': 'T',
});
const EMPTY = host({});

describe('supplyNeeds', () => {
  it('adds nothing for what is only possible', () => {
    const names = ['users', 'tmp', 'ca-certificates', 'shell', 'libgcc_s'] as const;
    const needs = names.map((name) => need(name, 'possible'));
    expect(supplyNeeds(needs, { host: FULL, dynamic: true })).toEqual({
      entries: [],
      env: {},
      libraries: [],
      findings: [],
    });
  });

  it('gives every entry its reason, in the order of the paths, whatever the order of the needs', () => {
    const needs = [
      need('users', 'likely'),
      need('tmp', 'likely'),
      need('ca-certificates', 'likely', { openssldir: '/usr/lib/ssl' }),
    ];
    const forward = supplyNeeds(needs, { host: FULL, dynamic: true }).entries;
    const backward = supplyNeeds([...needs].reverse(), { host: FULL, dynamic: true }).entries;
    const plain = (entries: typeof forward): unknown => JSON.parse(JSON.stringify(entries));
    expect(plain(forward)).toEqual(plain(backward));
    expect(forward.map(({ path }) => path)).toEqual([
      '/etc/group',
      '/etc/passwd',
      '/etc/ssl/certs/ca-certificates.crt',
      '/home/nonroot',
      '/tmp',
      '/usr/lib/ssl/cert.pem',
    ]);
    for (const { reason } of forward) expect(reason).toMatch(/^(users|tmp|ca-certificates): uses /);
  });

  it('normalises the mode of the host’s files and takes their bytes', () => {
    const [bundle] = supplyNeeds([need('ca-certificates', 'likely')], { host: FULL, dynamic: true }).entries;
    expect(bundle).toMatchObject({ kind: 'file', mode: 0o644, sizeBytes: 3 });
    if (bundle?.kind === 'file') expect(bundle.open().read(0, 10).toString()).toBe('PEM');
  });

  it('says what the build machine lacks, with the command', () => {
    const { entries, findings } = supplyNeeds(
      [need('ca-certificates', 'likely'), need('time-zones', 'certain', { zone: 'Europe/Paris' })],
      { host: EMPTY, dynamic: true },
    );
    expect(entries).toEqual([]);
    expect(findings.map(({ hint }) => hint).join('\n')).toMatch(
      /apt-get install ca-certificates[\s\S]*apt-get install tzdata/,
    );
  });

  it.each([
    [{ uid: 65532, gid: 65532 }, '/home/nonroot'],
    [{ uid: 0, gid: 0 }, '/root'],
    [{ uid: 1000, gid: 1000 }, '/home/app'],
  ])('gives %o a home that is there and its own, and the others one that is there', (user, home) => {
    for (const name of ['users', 'home'] as const) {
      const { entries } = supplyNeeds([need(name, 'likely')], { host: FULL, dynamic: true, user });
      expect(entries.find(({ path }) => path === home)).toMatchObject({
        kind: 'directory',
        mode: 0o700,
        ...user,
      });
      const passwd = entries.find(({ path }) => path === '/etc/passwd');
      const lines = passwd?.kind === 'file' ? passwd.open().read(0, 1000).toString().trim().split('\n') : [];
      const homes = lines.map((line) => line.split(':')[5]);
      expect(homes.filter((one) => one !== '/')).toEqual([home]);
    }
  });

  it('adds the user that the image runs as', () => {
    const [group, passwd] = supplyNeeds([need('users', 'likely')], {
      host: EMPTY,
      dynamic: true,
      user: { uid: 1234, gid: 99 },
    }).entries;
    const text = [passwd, group].map((entry) =>
      entry?.kind === 'file' ? entry.open().read(0, 1000).toString() : '',
    );
    expect(text[0]).toContain('app:x:1234:99:app:/home/app:/sbin/nologin\n');
    expect(text[1]).toContain('app:x:99:\n');
  });

  it('adds a library to a dynamic program only', () => {
    expect(supplyNeeds([need('libgcc_s', 'likely')], { host: EMPTY, dynamic: true }).libraries).toMatchObject(
      [{ name: 'libgcc_s.so.1' }],
    );
    expect(supplyNeeds([need('libgcc_s', 'likely')], { host: EMPTY, dynamic: false }).libraries).toEqual([]);
  });

  it('does not let a name from the bytes leave its place', () => {
    const openssl = supplyNeeds([need('ca-certificates', 'likely', { openssldir: 'C:\\Program Files' })], {
      host: FULL,
      dynamic: true,
    });
    expect(openssl.entries.map(({ path }) => path)).toEqual(['/etc/ssl/certs/ca-certificates.crt']);
    expect(
      supplyNeeds([need('terminfo', 'likely', { term: '../../etc/shadow' })], { host: FULL, dynamic: true })
        .entries,
    ).toEqual([]);
  });

  it('puts a terminal’s description where every ncurses looks', () => {
    expect(
      supplyNeeds([need('terminfo', 'likely', { term: 'xterm' })], { host: FULL, dynamic: true }).entries,
    ).toMatchObject([{ path: '/usr/share/terminfo/x/xterm' }]);
  });

  it('gives a glibc before 2.34 its modules, and the order of look-ups', () => {
    const old = need('name-resolution', 'likely', {
      libraries: 'libnss_files.so.2 libnss_dns.so.2 libresolv.so.2',
    });
    const { entries, libraries } = supplyNeeds([old], { host: EMPTY, dynamic: true });
    expect(entries).toMatchObject([{ path: '/etc/nsswitch.conf' }]);
    expect(libraries.map(({ name }) => name)).toEqual([
      'libnss_files.so.2',
      'libnss_dns.so.2',
      'libresolv.so.2',
    ]);
  });
});

describe('what the environment names', () => {
  it.each([
    ['Europe/Paris', 'Europe/Paris'],
    [':Europe/Paris', 'Europe/Paris'],
    ['Japan', 'Japan'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
    ['UTC', null],
    ['', null],
    [undefined, null],
    ['EST5EDT,M3.2.0,M11.1.0', null],
    ['EST5EDT', null],
    ['<+03>-3', null],
    ['../../etc/shadow', null],
    ['/etc/localtime', null],
  ])('TZ=%s is zone %s', (tz, zone) => {
    expect(zoneNamedBy(tz)).toBe(zone);
  });

  it.each([
    [{ LANG: 'C.UTF-8' }, 'C.UTF-8'],
    [{ LANG: 'de_DE.UTF-8', LC_ALL: 'C' }, null],
    [{ LC_CTYPE: 'en_US.UTF-8' }, 'en_US.UTF-8'],
    [{}, null],
    [{ LANG: 'POSIX' }, null],
  ])('%o asks for %s', (env, locale) => {
    expect(localeNamedBy(env)).toBe(locale);
  });
});
