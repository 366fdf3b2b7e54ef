import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { provideLibraries, type ProvideLibrariesOptions } from '../../src/libraries/index.ts';
import {
  type CToolchain,
  findBwrap,
  findTools,
  type Tools,
  toolchainsFor,
} from '../../src/toolchain/index.ts';
import { hasTool } from '../reference-tools.ts';
import { makeTinySources } from '../tiny-library.ts';
import { type HostileMember, tarOf } from './archive-builder.ts';

const hasTools = ['musl-gcc', 'make'].map(hasTool).every(Boolean);

describe.skipIf(!hasTools)('libraries whose build is not what it should be', () => {
  let folder: string;
  let cache: string;
  let tools: Tools;
  let toolchain: CToolchain;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'morsel-builds-'));
    tools = await findTools({ groups: ['c', 'build'] });
    const [first] = toolchainsFor({ language: 'c' }, 'static-musl', tools, 'amd64');
    if (first === undefined) throw new Error('musl-gcc is here, and was not found');
    toolchain = first;
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeEach(() => {
    cache = mkdtempSync(join(folder, 'cache-'));
  });

  const provide = (source: string, options: Partial<ProvideLibrariesOptions> = {}) =>
    provideLibraries([{ name: 'tiny', source }], toolchain, {
      tools,
      cacheDirectory: cache,
      jobs: 1,
      ...options,
    });

  /** A tree with what configure and the Makefile do besides. */
  const treeWith = (configure: string, change: (makefile: string) => string = (text) => text): string => {
    const at = mkdtempSync(join(folder, 'tree-'));
    makeTinySources(at, { configure });
    const tree = join(at, 'tiny-1.0');
    const makefile = join(tree, 'Makefile');
    writeFileSync(makefile, change(readFileSync(makefile, 'utf8')));
    return tree;
  };

  it('a recipe that fails: the tool’s own line, and a log that is there', async () => {
    const tree = treeWith('echo "configure: error: no luck today" >&2; exit 7\n');
    const error = await provide(tree).catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      code: 'LIBRARY_BUILD_FAILED',
      message: expect.stringMatching(/^tiny 1\.0 could not be built: .*no luck today/),
    });
    const { log } = (error as { readonly details: { readonly log: string } }).details;
    expect((error as Error & { readonly hint: string }).hint).toContain(log);
    expect(readFileSync(log, 'utf8')).toContain('no luck today');
    for (const kind of ['built', 'sysroots']) expect(namesIn(join(cache, 'libraries', kind))).toEqual([]);
    expect((await provide(treeWith(''))).libraries).toHaveLength(1);
  });

  it('an archive of the wrong C library', async () => {
    const code = '#include <stdio.h>\nint tiny_answer(void) { int n; return sscanf("4", "%d", &n); }\n';
    const tree = treeWith(`cat >tiny.c <<'END'\n${code}END\nprintf 'CC = gcc -O2\\nAR = ar\\n' >config.mk\n`);
    await expect(provide(tree)).rejects.toMatchObject({
      code: 'LIBRARY_BUILD_FAILED',
      message: expect.stringContaining('__isoc99_sscanf, which glibc alone has'),
    });
    expect(namesIn(join(cache, 'libraries/built'))).toEqual([]);
  });

  it('an archive that is none', async () => {
    const tree = treeWith('', (text) =>
      text.replace('cp libtiny.a', 'echo "INPUT(other.a)" >libtiny.a; cp libtiny.a'),
    );
    await expect(provide(tree)).rejects.toMatchObject({
      code: 'LIBRARY_BUILD_FAILED',
      message: expect.stringContaining('is no static library'),
    });
  });

  it('a link in what it installs that leads to a file of this machine', async () => {
    const secret = join(folder, 'secret');
    writeFileSync(secret, 'SECRET');
    const tree = treeWith(
      '',
      (text) =>
        `${text}\tln -s ${secret} $(DESTDIR)/usr/include/secret.h\n\tln -s ${secret} $(DESTDIR)/usr/lib/libsecret.a\n`,
    );
    const { path } = await provide(tree);
    expect(readdirSync(join(path, 'usr/include'))).toEqual(['tiny.h']);
    expect(readdirSync(join(path, 'usr/lib')).toSorted()).toEqual(['libtiny.a', 'pkgconfig']);
  });

  it.each([
    ['a name that leads out', [{ name: '../outside', content: 'x' }]],
    ['an absolute name', [{ name: '/tmp/outside', content: 'x' }]],
    ['a link out of it', [{ name: 'tiny/out', type: '2', link: '../../..' }]],
    ['an absolute link', [{ name: 'tiny/out', type: '2', link: '/etc' }]],
    [
      'a link through a link',
      [
        { name: 'a/b/up', type: '2', link: '../..' },
        { name: 'a/b/out', type: '2', link: 'up/..' },
      ],
    ],
    [
      'a file behind a link',
      [
        { name: 'tiny/in', type: '2', link: '.' },
        { name: 'tiny/in/x', content: 'x' },
      ],
    ],
    ['a hard link to nothing of it', [{ name: 'tiny/x', type: '1', link: '/etc/passwd' }]],
    ['a device', [{ name: 'tiny/null', type: '3' }]],
    [
      'a name twice',
      [
        { name: 'tiny/x', content: '1' },
        { name: 'tiny/x', content: '2' },
      ],
    ],
  ] as readonly (readonly [string, readonly HostileMember[]])[])('a tarball with %s', async (_, members) => {
    const tarball = join(mkdtempSync(join(folder, 'tar-')), 'tiny-1.0.tar.gz');
    writeFileSync(tarball, gzipSync(tarOf(...members)));
    await expect(provide(tarball)).rejects.toMatchObject({ code: 'TAR_INVALID' });
    expect(existsSync('/tmp/outside')).toBe(false);
    expect(namesIn(join(cache, 'libraries/built'))).toEqual([]);
  });

  it('a tarball that is cut off', async () => {
    const tarball = join(mkdtempSync(join(folder, 'tar-')), 'tiny-1.0.tar.gz');
    const bytes = gzipSync(tarOf({ name: 'tiny/configure', content: 'x'.repeat(10_000) }));
    writeFileSync(tarball, bytes.subarray(0, bytes.length - 20));
    await expect(provide(tarball)).rejects.toMatchObject({ code: 'TAR_INVALID' });
  });

  it('two at once build it once, and both have it', async () => {
    const calls = join(folder, `calls-${Date.now()}`);
    const tree = treeWith(`echo called >>${calls}; sleep 1\n`);
    const [one, other] = await Promise.all([provide(tree), provide(tree)]);
    expect(one.path).toBe(other.path);
    expect(readFileSync(calls, 'utf8')).toBe('called\n');
  });

  it('what a killed build left is no obstacle', async () => {
    const tree = treeWith('');
    const built = await provide(tree);
    const [name = ''] = namesIn(join(cache, 'libraries/built'));
    rmSync(join(cache, 'libraries/built', name), { recursive: true });
    rmSync(join(cache, 'libraries/sysroots'), { recursive: true });
    const work = join(cache, 'libraries/work', name);
    for (const part of ['src/half', 'result/usr/lib', 'needs', 'installed'])
      mkdirSync(join(work, part), { recursive: true });
    chmodSync(join(work, 'src'), 0o500);
    writeFileSync(join(work, 'lock'), '0-999999999-1');
    expect((await provide(tree)).path).toBe(built.path);
    expect(namesIn(work)).toEqual([]);
  });

  it.skipIf(!hasTool('bwrap'))(
    'in the sandbox it sees no network, no secrets, and writes nowhere else',
    async () => {
      const secret = join(folder, 'secret');
      writeFileSync(secret, 'SECRET');
      const server = createServer((socket) => socket.end('SECRET'));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { readonly port: number };
      const steals = `{ cat ${secret}; timeout 2 bash -c 'cat </dev/tcp/127.0.0.1/${port}'; echo outside >${folder}/written; } >stolen 2>/dev/null; :\n`;
      const tree = treeWith(steals, (text) => `${text}\tcp stolen $(DESTDIR)/usr/include/stolen.h\n`);
      try {
        const stolen = async (sandbox: ProvideLibrariesOptions['sandbox']): Promise<string> =>
          readFileSync(join((await provide(tree, { sandbox })).path, 'usr/include/stolen.h'), 'utf8');
        expect(await stolen({ bwrap: await findBwrap(undefined), seccomp: null })).toBe('');
        expect(existsSync(join(folder, 'written'))).toBe(false);
        // The same build can do all of it where nothing keeps it.
        rmSync(join(cache, 'libraries'), { recursive: true });
        expect(await stolen(null)).toBe('SECRETSECRET');
      } finally {
        server.close();
      }
    },
  );
});

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
