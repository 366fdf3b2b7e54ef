import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Observation, PathUse } from '../observe/index.ts';
import { directoryTree } from '../rootfs/index.ts';
import { candidateEntries } from './candidate-entries.ts';
import type { Candidates } from './candidates.ts';
import { findCandidates } from './find-candidates.ts';
import { machineOwners } from './machine-owners.ts';
import type { SourceRoot } from './source-root.ts';

let machine = '';
let image = '';
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), 'candidates-machine-'));
  image = mkdtempSync(join(tmpdir(), 'candidates-image-'));
});
afterEach(() => [machine, image].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function put(root: string, path: string, content: string | Buffer = 'x', mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  chmodSync(join(root, path), mode);
}

function link(root: string, path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
}

/** A package's files, made unless they are there. */
function own(name: string, ...paths: readonly string[]): void {
  put(machine, `var/lib/dpkg/info/${name}.list`, paths.map((path) => `${path}\n`).join(''));
}

const NO_USE = { isRead: false, isWritten: false, isExecuted: false, isListed: false, isStatted: false };
const READ: PathUse = { ...NO_USE, isRead: true };
const RUN: PathUse = { ...NO_USE, isExecuted: true };
const LIST: PathUse = { ...NO_USE, isListed: true, isRead: true };
const LOOK: PathUse = { ...NO_USE, isStatted: true };
const WRITE: PathUse = { ...NO_USE, isWritten: true };

function observed(found: Readonly<Record<string, PathUse>>, sockets: readonly string[] = []): Observation {
  return {
    started: true,
    found: new Map(Object.entries(found)),
    missed: new Set(),
    refused: new Set(),
    sockets: new Set(sockets),
    unnamed: new Set(),
    gaps: [],
  };
}

function sourceRoot(
  programDirectory: string | null = null,
  kind: SourceRoot['kind'] = 'machine',
): SourceRoot {
  const tree = directoryTree(machine);
  return {
    kind,
    description: 'on this machine',
    root: machine,
    mounts: [],
    tree,
    ownersOf: (paths) => machineOwners({ machine: tree, programDirectory }, paths),
    remove: () => {},
  };
}

function candidates(
  observation: Observation,
  source: SourceRoot = sourceRoot(),
  scratch: readonly string[] = [],
): Promise<Candidates> {
  return findCandidates({ observations: [observation], source, image: directoryTree(image), scratch });
}

/** `path`, `path/` and `path -> target`; a file of another name `path <- source`. */
function packed({ pack }: Candidates): readonly string[] {
  return pack.map((one) => {
    if (one.kind === 'directory') return `${one.path}/`;
    if (one.kind === 'link') return `${one.path} -> ${one.target}`;
    return one.source === one.path ? one.path : `${one.path} <- ${one.source}`;
  });
}

const namedOf = ({ named }: Candidates): Readonly<Record<string, string>> =>
  Object.fromEntries(named.map(({ path, reason }) => [path, reason]));

describe('findCandidates', () => {
  it('packs what was read, executed or listed, with the directories on the way and empty ones, and says why', async () => {
    for (const path of ['usr/share/app/data', 'usr/bin/tool', 'usr/share/app/unread']) put(machine, path);
    mkdirSync(join(machine, 'usr/share/app/branches'));
    own('app', '/usr/share/app', '/usr/share/app/data', '/usr/bin/tool', '/usr/share/app/branches');
    put(image, 'usr/bin/other');
    const found = await candidates(
      observed({
        '/usr/share/app/data': READ,
        '/usr/bin/tool': RUN,
        '/usr/share/app/branches': LIST,
        '/usr/bin/other': READ,
      }),
    );
    expect(packed(found)).toEqual([
      '/usr/bin/tool',
      '/usr/share/',
      '/usr/share/app/',
      '/usr/share/app/branches/',
      '/usr/share/app/data',
    ]);
    expect(found.pack.map(({ reason }) => reason)).toEqual([
      'executed by the program on this machine (package app)',
      'on the way to /usr/share/app/branches',
      'on the way to /usr/share/app/branches',
      'listed by the program on this machine (package app)',
      'read by the program on this machine (package app)',
    ]);
  });

  it('packs each link on the way, and its end', async () => {
    put(machine, 'usr/bin/mawk');
    link(machine, 'etc/alternatives/awk', '/usr/bin/mawk');
    link(machine, 'usr/bin/awk', '/etc/alternatives/awk');
    own('mawk', '/usr/bin', '/etc/alternatives', '/usr/bin/mawk');
    expect(packed(await candidates(observed({ '/usr/bin/awk': RUN, '/usr/bin/mawk': READ })))).toEqual([
      '/etc/',
      '/etc/alternatives/',
      '/etc/alternatives/awk -> /usr/bin/mawk',
      '/usr/',
      '/usr/bin/',
      '/usr/bin/awk -> /etc/alternatives/awk',
      '/usr/bin/mawk',
    ]);
  });

  it("keeps to the image's own directories where this machine has links, and has no file twice", async () => {
    link(machine, 'lib', 'usr/lib');
    put(machine, 'usr/lib/x/libssl.so.3.1');
    link(machine, 'usr/lib/x/libssl.so.3', 'libssl.so.3.1');
    put(machine, 'usr/lib/x/libz.so.1.2');
    link(machine, 'usr/lib/x/libz.so.1', 'libz.so.1.2');
    own('libs', '/lib', '/lib/x', '/lib/x/libssl.so.3.1', '/lib/x/libssl.so.3', '/lib/x/libz.so.1.2');
    // As morsel lays out a program's own libraries: flat, below a real /lib.
    put(image, 'lib/x/libz.so.1');
    const found = await candidates(
      observed({
        '/lib/x/libssl.so.3': READ,
        '/lib/x/libz.so.1': READ,
        // Asked for by its other name as well.
        '/usr/lib/x/libssl.so.3.1': { ...READ, isStatted: true },
        '/usr/lib/x/libz.so.1.2': { ...READ, isStatted: true },
      }),
    );
    expect(packed(found)).toEqual([
      '/lib/x/libssl.so.3 -> libssl.so.3.1',
      '/lib/x/libssl.so.3.1 <- /usr/lib/x/libssl.so.3.1',
      '/usr/',
      '/usr/lib/',
      '/usr/lib/x/',
      '/usr/lib/x/libssl.so.3.1 -> /lib/x/libssl.so.3.1',
      '/usr/lib/x/libz.so.1.2 -> /lib/x/libz.so.1',
    ]);
  });

  it('leaves out what only the kernel said of an opened link', async () => {
    put(machine, 'usr/share/zone/Etc/UTC');
    link(machine, 'usr/share/zone/UTC', 'Etc/UTC');
    own('tzdata', '/usr/share/zone/Etc/UTC', '/usr/share/zone/UTC');
    put(image, 'usr/share/zone/UTC');
    const both = observed({ '/usr/share/zone/UTC': READ, '/usr/share/zone/Etc/UTC': READ });
    expect(packed(await candidates(both))).toEqual([]);
  });

  it('writes a link anew that would lead elsewhere in the image', async () => {
    link(machine, 'lib', 'usr/lib');
    link(machine, 'usr/lib/app/data', '../../share/app/data');
    put(machine, 'usr/share/app/data');
    own('app', '/lib', '/usr/lib/app/data', '/usr/share/app/data');
    put(image, 'lib/app/x');
    expect(packed(await candidates(observed({ '/lib/app/data': READ })))).toEqual([
      '/lib/app/data -> /usr/share/app/data',
      '/usr/',
      '/usr/share/',
      '/usr/share/app/',
      '/usr/share/app/data',
    ]);
  });

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
    put(machine, 'usr/bin/large', Buffer.alloc(300 * 1024));
    put(machine, 'usr/local/large', Buffer.alloc(300 * 1024));
    own('app', '/usr/share/app/small', '/usr/bin/large');
    const found = await candidates(
      observed({ '/usr/share/app/small': LOOK, '/usr/bin/large': LOOK, '/usr/local/large': LOOK }),
    );
    expect(packed(found)).toEqual(['/usr/', '/usr/share/', '/usr/share/app/', '/usr/share/app/small']);
    expect(namedOf(found)).toEqual({ '/usr/bin/large': 'it was only looked at, and is larger than 256 KiB' });
  });

  it('leaves out what the kernel, the runtime and the needs give, what runs write, and what is not there', async () => {
    const paths = [
      'etc/passwd',
      'etc/hosts',
      'etc/timezone',
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

  it('follows a script to its interpreter, and takes what a compiled file came from', async () => {
    put(machine, 'usr/bin/script', '#!/usr/bin/interpreter -x\n', 0o755);
    put(machine, 'usr/bin/interpreter', '#!/bin/none\n', 0o755);
    put(machine, 'usr/share/x.el', Buffer.alloc(300 * 1024));
    put(machine, 'usr/share/x.elc');
    own('app', '/usr/bin/script', '/usr/bin/interpreter', '/usr/share/x.el', '/usr/share/x.elc');
    const uses = { '/usr/bin/script': RUN, '/usr/share/x.elc': READ, '/usr/share/x.el': LOOK };
    const found = await candidates(observed(uses));
    expect(packed(found).filter((path) => !path.endsWith('/'))).toEqual([
      '/usr/bin/interpreter',
      '/usr/bin/script',
      '/usr/share/x.el',
      '/usr/share/x.elc',
    ]);
    expect(found.pack.find(({ path }) => path === '/usr/bin/interpreter')?.reason).toBe(
      'the interpreter of /usr/bin/script (package app)',
    );
    expect(packed(await candidates(observed({ '/usr/bin/script': READ })))).not.toContain(
      '/usr/bin/interpreter',
    );
  });

  it('says where the image has something else, and believes no trace without a start', async () => {
    put(machine, 'usr/share/app/data');
    own('app', '/usr/share/app/data');
    put(image, 'usr/share');
    const uses = observed({ '/usr/share/app/data': READ });
    expect(namedOf(await candidates(uses))).toEqual({
      '/usr/share/app/data': 'the image has something else in its place',
    });
    expect((await candidates({ ...uses, started: false })).named).toEqual([]);
  });

  it('is the same in whatever order it was seen', async () => {
    const names = ['a', 'b', 'c', 'd'].map((name) => `/usr/share/${name}`);
    for (const path of names) put(machine, path);
    own('app', ...names);
    const uses = names.map((path) => [path, READ] as const);
    const forth = await candidates(observed(Object.fromEntries(uses)));
    expect(await candidates(observed(Object.fromEntries(uses.toReversed())))).toEqual(forth);
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
