import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directoryTree } from '../rootfs/index.ts';
import { machineOwners } from './machine-owners.ts';
import type { Owner } from './owner.ts';
import { treeRoot } from './tree-root.ts';

let root = '';
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'machine-owners-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content = ''): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function link(path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
}

/** Lists of packages, with the paths made as empty files; a path with a slash at its end is a directory. */
function install(name: string, ...paths: readonly string[]): void {
  for (const path of paths)
    if (path.endsWith('/')) mkdirSync(join(root, path), { recursive: true });
    else write(path);
  write(`var/lib/dpkg/info/${name}.list`, paths.map((path) => `${path.replace(/\/$/, '')}\n`).join(''));
}

function words(owner: Owner | undefined): string {
  if (owner?.kind === 'package') return owner.package;
  return owner?.kind === 'generated' ? `made by ${owner.by}` : (owner?.kind ?? 'unknown');
}

async function ownersOf(paths: readonly string[], programDirectory: string | null = null) {
  const owners = await machineOwners({ machine: directoryTree(root), programDirectory }, paths);
  return Object.fromEntries(paths.map((path) => [path, words(owners.get(path))]));
}

describe('machineOwners', () => {
  it('takes what a package’s own scripts name in full for made by it, and only where packages put files', async () => {
    const made = [
      '/usr/lib/graph/config6a',
      '/usr/lib/graph/config6',
      '/usr/local/lib/x',
      '/etc/x',
      '/usr/lib/y',
    ];
    for (const path of made) write(path.slice(1));
    install('libgvc6:amd64', '/usr/lib/graph/plugin.so');
    write(
      'var/lib/dpkg/info/libgvc6:amd64.postrm',
      'rm -f "/usr/lib/graph/config6a" /usr/local/lib/x /etc/x /usr/lib/y.old\n',
    );
    write('var/lib/dpkg/info/libgvc6:amd64.md5sums', '/usr/lib/graph/config6\n');
    expect(await ownersOf(made)).toEqual({
      '/usr/lib/graph/config6a': 'made by package libgvc6 when it is installed',
      '/usr/lib/graph/config6': 'machine',
      '/usr/local/lib/x': 'machine',
      '/etc/x': 'machine',
      '/usr/lib/y': 'machine',
    });
  });

  it("takes an administrator's change of a package's configuration for the machine's", async () => {
    const md5 = createHash('md5').update('as it came').digest('hex');
    install('nginx', '/etc/nginx/a.conf', '/etc/nginx/b.conf');
    write('etc/nginx/a.conf', 'as it came');
    write('etc/nginx/b.conf', 'password = 1');
    write('etc/php.ini', 'as it came');
    write(
      'var/lib/dpkg/status',
      `Package: nginx\nConffiles:\n /etc/nginx/a.conf ${md5}\n /etc/nginx/b.conf ${md5}\n`,
    );
    write('var/lib/ucf/registry', 'php /etc/php.ini\n');
    write('var/lib/ucf/hashfile', `${md5} /etc/php.ini\n`);
    expect(await ownersOf(['/etc/nginx/a.conf', '/etc/nginx/b.conf', '/etc/php.ini'])).toEqual({
      '/etc/nginx/a.conf': 'nginx',
      '/etc/nginx/b.conf': 'machine',
      '/etc/php.ini': 'php',
    });
    const [changed] = (
      await machineOwners({ machine: directoryTree(root), programDirectory: null }, ['/etc/nginx/b.conf'])
    ).values();
    expect(changed).toEqual({
      kind: 'machine',
      reason: 'changed on this machine since package nginx brought it',
    });
  });

  it('takes links that scripts of packages made for those of what they lead to', async () => {
    install('mawk', '/usr/bin/', '/etc/alternatives/', '/usr/bin/mawk');
    link('etc/alternatives/awk', '/usr/bin/mawk');
    link('usr/bin/awk', '/etc/alternatives/awk');
    link('usr/local/bin/awk', '/usr/bin/mawk');
    link('opt/awk', '/usr/bin/mawk');
    link('etc/elsewhere/awk', '/usr/bin/mawk');
    link('etc/alternatives/own', '/etc/own');
    write('etc/own');
    expect(
      await ownersOf([
        '/usr/bin/awk',
        '/etc/alternatives/awk',
        '/usr/local/bin/awk',
        '/opt/awk',
        '/etc/elsewhere/awk',
        '/etc/alternatives/own',
      ]),
    ).toEqual({
      '/usr/bin/awk': 'mawk',
      '/etc/alternatives/awk': 'mawk',
      '/usr/local/bin/awk': 'machine',
      '/opt/awk': 'machine',
      '/etc/elsewhere/awk': 'machine',
      '/etc/alternatives/own': 'machine',
    });
  });

  it('knows compiled files by their source, and not those of nobody', async () => {
    install('python', '/usr/lib/py/a.py', '/usr/lib/py/', '/usr/share/emacs/x.el');
    write('usr/lib/py/b.py');
    for (const name of ['a.cpython-311.pyc', 'a.cpython-311.opt-1.pyc', 'b.cpython-311.pyc', 'none.pyc'])
      write(`usr/lib/py/__pycache__/${name}`);
    write('usr/share/emacs/x.elc');
    write('usr/lib/py/hook.pth');
    expect(
      await ownersOf([
        '/usr/lib/py/__pycache__/a.cpython-311.pyc',
        '/usr/lib/py/__pycache__/a.cpython-311.opt-1.pyc',
        '/usr/lib/py/__pycache__',
        '/usr/share/emacs/x.elc',
        '/usr/lib/py/__pycache__/b.cpython-311.pyc',
        '/usr/lib/py/__pycache__/none.pyc',
        // A hook of the machine in a directory of a package is no cache: a proxy's was met.
        '/usr/lib/py/hook.pth',
      ]),
    ).toEqual({
      '/usr/lib/py/__pycache__/a.cpython-311.pyc': 'python',
      '/usr/lib/py/__pycache__/a.cpython-311.opt-1.pyc': 'python',
      '/usr/lib/py/__pycache__': 'python',
      '/usr/share/emacs/x.elc': 'python',
      '/usr/lib/py/__pycache__/b.cpython-311.pyc': 'machine',
      '/usr/lib/py/__pycache__/none.pyc': 'machine',
      '/usr/lib/py/hook.pth': 'machine',
    });
  });

  it('knows what tools make of packages, where only packages put files', async () => {
    expect(
      await ownersOf([
        '/usr/lib/x86_64-linux-gnu/gconv/gconv-modules.cache',
        '/usr/share/mime/mime.cache',
        '/usr/share/mime/text/plain.xml',
        '/usr/lib/x/gdk-pixbuf-2.0/2.10.0/loaders.cache',
        '/usr/lib/x/gio/modules/giomodule.cache',
        '/usr/share/glib-2.0/schemas/gschemas.compiled',
        '/var/cache/fontconfig/0-le64.cache-8',
        '/usr/lib/some/other.cache',
        '/usr/local/share/mime/mime.cache',
        '/opt/x/y.cache',
        '/etc/x.cache',
        '/var/lib/app/y.cache',
      ]),
    ).toEqual({
      '/usr/lib/x86_64-linux-gnu/gconv/gconv-modules.cache': 'made by iconvconfig',
      '/usr/share/mime/mime.cache': 'made by update-mime-database',
      '/usr/share/mime/text/plain.xml': 'made by update-mime-database',
      '/usr/lib/x/gdk-pixbuf-2.0/2.10.0/loaders.cache': 'made by gdk-pixbuf-query-loaders',
      '/usr/lib/x/gio/modules/giomodule.cache': 'made by gio-querymodules',
      '/usr/share/glib-2.0/schemas/gschemas.compiled': 'made by glib-compile-schemas',
      '/var/cache/fontconfig/0-le64.cache-8': 'made by fc-cache',
      '/usr/lib/some/other.cache': "made by a package's trigger",
      '/usr/local/share/mime/mime.cache': 'machine',
      '/opt/x/y.cache': 'machine',
      '/etc/x.cache': 'machine',
      '/var/lib/app/y.cache': 'machine',
    });
  });

  it('has what lies beside the program', async () => {
    const owners = await ownersOf(['/opt/app/share/x', '/opt/app', '/opt/apple'], '/opt/app');
    expect(owners).toEqual({ '/opt/app/share/x': 'program', '/opt/app': 'program', '/opt/apple': 'machine' });
  });
});

describe('owners of an image', () => {
  it('are its packages, and the image itself for all else', async () => {
    install('python', '/usr/bin/python');
    const source = treeRoot({ directory: root, description: 'in the original image' });
    const owners = await source.ownersOf(['/usr/bin/python', '/usr/local/bin/app', '/etc/secret.key']);
    expect([...owners.values()].map(words)).toEqual(['python', 'image', 'image']);
    expect(source).toMatchObject({ kind: 'image', root, mounts: [] });
  });
});
