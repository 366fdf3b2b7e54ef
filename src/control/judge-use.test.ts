import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  candidates,
  LIST,
  link,
  LOOK,
  machine,
  MIB,
  namedOf,
  observed,
  own,
  packed,
  put,
  READ,
  RUN,
  sourceRoot,
  useMadeMachine,
  WRITE,
} from '../../test/made-machine.ts';
import { candidateEntries } from './candidate-entries.ts';

useMadeMachine();

describe('what is packed of that which was used', () => {
  it("names what is this machine's, and never packs it", async () => {
    for (const path of ['etc/gitconfig', 'usr/local/lib/hook.pth', 'opt/x', 'usr/lib/py/proxy.pth'])
      put(machine, path);
    put(machine, 'usr/share/app/data');
    link(machine, 'etc/app.conf', '/usr/share/app/data');
    own('app', '/usr/share/app/data', '/usr/lib/py');
    const found = await candidates(
      observed({
        '/etc/gitconfig': READ,
        '/usr/local/lib/hook.pth': READ,
        '/opt/x': RUN,
        '/usr/lib/py/proxy.pth': READ,
        // The link is not a package's, though its end is.
        '/etc/app.conf': READ,
      }),
    );
    const own_ = "in no package: it is this machine's own";
    expect(found.pack).toEqual([]);
    expect(namedOf(found)).toEqual({
      '/etc/app.conf': own_,
      '/etc/gitconfig': own_,
      '/opt/x': own_,
      '/usr/lib/py/proxy.pth': own_,
      '/usr/local/lib/hook.pth': own_,
    });
  });

  it('never packs a secret, whatever owns it', async () => {
    put(machine, 'etc/app/closed', 'x', 0o640);
    put(machine, 'etc/ssh/ssh_host_rsa_key');
    put(machine, 'app/tls.pem', 'Key:\n-----BEGIN RSA PRIVATE KEY-----\n');
    put(machine, 'app/cert.pem', '-----BEGIN CERTIFICATE-----\n');
    put(machine, 'usr/share/dns/root.key');
    own('app', '/etc/app/closed', '/etc/ssh/ssh_host_rsa_key', '/usr/share/dns/root.key');
    const uses = observed({
      '/etc/app/closed': READ,
      '/etc/ssh/ssh_host_rsa_key': READ,
      '/app/tls.pem': READ,
      '/app/cert.pem': READ,
      '/usr/share/dns/root.key': READ,
    });
    const found = await candidates(uses, sourceRoot('/app'));
    // What a package brings to /usr everybody can have: this is the public key of the DNS.
    expect(packed(found).filter((path) => !path.endsWith('/'))).toEqual([
      '/app/cert.pem',
      '/usr/share/dns/root.key',
    ]);
    expect(namedOf(found)).toEqual({
      '/app/tls.pem': 'it holds a private key',
      '/etc/app/closed': 'not everybody on this machine may read it',
      '/etc/ssh/ssh_host_rsa_key': 'by its name it is a secret',
    });
    const ofImage = await candidates(uses, sourceRoot('/app', 'image'));
    expect(packed(ofImage)).toContain('/app/tls.pem');
  });

  it('packs a small file that was only looked at, and names a large one of a package', async () => {
    put(machine, 'usr/share/app/small');
    put(machine, 'usr/bin/large', Buffer.alloc(5 * MIB));
    put(machine, 'usr/local/large', Buffer.alloc(5 * MIB));
    own('app', '/usr/share/app/small', '/usr/bin/large');
    const found = await candidates(
      observed({ '/usr/share/app/small': LOOK, '/usr/bin/large': LOOK, '/usr/local/large': LOOK }),
    );
    expect(packed(found)).toEqual(['/usr/', '/usr/share/', '/usr/share/app/', '/usr/share/app/small']);
    expect(namedOf(found)).toEqual({ '/usr/bin/large': 'it was only looked at, and is larger than 4 MiB' });
  });

  it('packs no more of what was only looked at than is bearable', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map((name) => `/usr/share/${name}`);
    for (const path of names) put(machine, path, Buffer.alloc(4 * MIB));
    own('app', ...names);
    const uses = Object.fromEntries(names.map((path) => [path, LOOK]));
    const found = await candidates(observed(uses));
    expect(packed(found).filter((path) => !path.endsWith('/'))).toEqual(names.slice(0, 8));
    expect(Object.keys(namedOf(found))).toEqual(names.slice(8));
  });

  it('leaves out what the kernel, the runtime and the needs give, what runs write, and what is not there', async () => {
    const paths = [
      'etc/passwd',
      'etc/hosts',
      'etc/nsswitch.conf',
      'etc/ld.so.cache',
      'proc/x',
      'home/me/.x',
      'run/x',
    ];
    for (const path of paths) put(machine, path);
    own('p', ...paths.map((path) => `/${path}`));
    const uses = Object.fromEntries(paths.map((path) => [`/${path}`, READ]));
    const found = await candidates(observed({ ...uses, '/made': WRITE, '/gone': READ }), sourceRoot(), [
      '/home/me',
    ]);
    expect(found).toEqual({ pack: [], named: [], partial: [] });
  });

  it("has the image's own answer where it would be this machine's people", async () => {
    put(machine, 'etc/group', 'alice:x:1000:\n');
    put(machine, 'etc/passwd');
    const source = sourceRoot();
    const found = await candidates(observed({ '/etc/group': READ, '/etc/passwd': READ }), source);
    expect(packed(found)).toEqual(['/etc/', '/etc/group']);
    const group = candidateEntries(found, source).at(-1);
    if (group?.kind !== 'file') throw new Error('no file');
    expect(group.open().read(0, group.sizeBytes).toString()).toBe('nonroot:x:65532:\n');
    // Of an image both are its own.
    const ofImage = await candidates(
      observed({ '/etc/group': READ, '/etc/passwd': READ }),
      sourceRoot('/etc', 'image'),
    );
    expect(packed(ofImage)).toEqual(['/etc/', '/etc/group', '/etc/passwd']);
  });

  it('knows a path with `..` by where it leads', async () => {
    put(machine, 'usr/share/app/data');
    put(machine, 'usr/lib/gcc/x', 'x');
    put(machine, 'home/me/file');
    put(machine, 'etc/nsswitch.conf');
    own('app', '/usr/share/app/data', '/usr/lib/gcc/x', '/home/me/file', '/etc/nsswitch.conf');
    const found = await candidates(
      observed({
        '/usr/lib/gcc/../../share/app/data': READ,
        '/usr/lib/../../home/me/file': READ,
        '/usr/lib/../../etc/nsswitch.conf': READ,
        '/usr/lib/../../../../../../etc/passwd': READ,
      }),
      sourceRoot(),
      ['/home/me'],
    );
    // The directories that it goes through are asked for as well.
    expect(packed(found)).toEqual([
      '/usr/',
      '/usr/lib/',
      '/usr/lib/gcc/',
      '/usr/share/',
      '/usr/share/app/',
      '/usr/share/app/data',
    ]);
    expect(found.named).toEqual([]);
  });

  it('packs the time zone of the source, of which a control run sees that of UTC alone, as a link with its file', async () => {
    own('tzdata', '/usr/share/zoneinfo/Etc/UTC');
    put(machine, 'usr/share/zoneinfo/Etc/UTC', 'TZif');
    link(machine, 'etc/localtime', '/usr/share/zoneinfo/Etc/UTC');
    const found = await candidates(observed({ '/etc/localtime': READ }));
    expect(packed(found)).toEqual(
      expect.arrayContaining([
        '/etc/localtime -> /usr/share/zoneinfo/Etc/UTC',
        '/usr/share/zoneinfo/Etc/UTC',
      ]),
    );
    expect(found.named).toEqual([]);
  });

  it('gives a program the directory for temporary files that it used, and nothing that was in it', async () => {
    put(machine, 'tmp/left');
    chmodSync(join(machine, 'tmp'), 0o1777);
    own('base-files', '/tmp');
    const found = await candidates(observed({ '/tmp/left': READ, '/tmp/new': WRITE }));
    expect(found.pack).toMatchObject([{ kind: 'directory', path: '/tmp', mode: 0o1777 }]);
  });

  it('tells of a service that it wants, and of a listed directory of which files are left', async () => {
    for (const name of ['a.so', 'b.so', 'c.so']) put(machine, `usr/lib/app/plugins/${name}`, 'plugin');
    put(machine, 'usr/lib/app/whole/x');
    own('app', ...['a', 'b', 'c'].map((name) => `/usr/lib/app/plugins/${name}.so`), '/usr/lib/app/whole/x');
    const found = await candidates(
      observed(
        {
          '/usr/lib/app/plugins': LIST,
          '/usr/lib/app/plugins/b.so': READ,
          '/usr/lib/app/whole': LIST,
          '/usr/lib/app/whole/x': READ,
        },
        ['/run/postgresql/.s.PGSQL.5432', '/var/run/nscd/socket', '/dev/log'],
      ),
    );
    expect(found.partial).toEqual([
      { path: '/usr/lib/app/plugins', packedFiles: 1, files: 3, leftBytes: 12 },
    ]);
    expect(found.named).toMatchObject([{ path: '/run/postgresql/.s.PGSQL.5432', kind: 'service' }]);
  });
});

describe('candidateEntries', () => {
  it('are a layer with the modes of the machine, without setuid', async () => {
    put(machine, 'usr/bin/su', 'su', 0o4755);
    link(machine, 'usr/bin/link', 'su');
    own('app', '/usr/bin', '/usr/bin/su');
    const source = sourceRoot();
    const entries = candidateEntries(await candidates(observed({ '/usr/bin/link': RUN }), source), source);
    const facts = entries.map((entry) => {
      if (entry.kind === 'symlink') return [entry.path, entry.target];
      return [entry.path, entry.mode.toString(8)];
    });
    expect(facts).toEqual([
      ['/usr', '755'],
      ['/usr/bin', '755'],
      ['/usr/bin/link', 'su'],
      ['/usr/bin/su', '755'],
    ]);
    const su = entries.at(-1);
    expect(su?.kind === 'file' ? su.open().read(0, 9).toString() : '').toBe('su');
  });
});
