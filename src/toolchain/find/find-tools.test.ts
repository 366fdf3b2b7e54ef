import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasTool } from '../../../test/reference-tools.ts';
import { hostArchitecture } from '../architecture.ts';
import { findTools } from './find-tools.ts';
import { versionIn } from './ask-tool.ts';
import type { Tools } from './tools.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-tools-'));
  mkdirSync(join(root, 'bin'));
});
afterEach(() => rmSync(root, { recursive: true }));

function script(name: string, body: string): string {
  const path = join(root, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A compiler that answers as gcc does. */
function gcc(name: string, target: string, libraries: string): string {
  return script(
    `bin/${name}`,
    `case $1 in -v) echo "Target: ${target}" >&2; echo "gcc version 12.2.0 (Debian 12.2.0-14)" >&2 ;; ` +
      `-print-search-dirs) echo "libraries: =${libraries}" ;; *) exit 1 ;; esac`,
  );
}

const find = (groups: Parameters<typeof findTools>[0] = {}): Promise<Tools> =>
  findTools({ env: { PATH: join(root, 'bin'), HOME: join(root, 'home') }, ...groups });

describe('findTools', () => {
  it('finds nothing on a machine with nothing', async () => {
    const tools = await find();
    expect(tools.c).toMatchObject({ cCompilers: [], cxxCompilers: [] });
    expect(tools.go.go).toBeNull();
    expect(tools.rust.toolchains).toEqual([]);
  });

  it('asks a compiler what it is, and looks for static libraries where it does', async () => {
    mkdirSync(join(root, 'lib'));
    writeFileSync(join(root, 'lib/libc.a'), '');
    gcc('aarch64-linux-musl-gcc', 'aarch64-linux-musl', `/nowhere:${join(root, 'lib')}`);
    gcc('gcc', 'x86_64-linux-gnu', '/nowhere');
    const { c } = await find({ groups: ['c'] });
    expect(c.cCompilers).toMatchObject([
      { version: '12.2.0', architecture: 'amd64', libc: 'glibc', kind: 'native', staticLibc: false },
      { architecture: 'arm64', libc: 'musl', kind: 'cross', staticLibc: true, staticCxx: false },
    ]);
  });

  it("takes plain strip for the machine's own where no triple names it", async () => {
    script('bin/aarch64-alpine-linux-musl-strip', 'exit 0');
    const own = script('bin/strip', 'exit 0');
    const { strip } = (await find()).build;
    expect(strip[hostArchitecture()]?.path).toBe(hostArchitecture() === 'arm64' ? strip['arm64']?.path : own);
    expect(strip['arm64']?.path).toMatch(/aarch64-alpine-linux-musl-strip$/);
  });

  it("knows the wrapper by its name: its driver says the host's triple", async () => {
    mkdirSync(join(root, 'musl'));
    writeFileSync(join(root, 'musl/libc.a'), '');
    script(
      'bin/x86_64-linux-musl-gcc',
      `# -specs "${root}/musl/musl-gcc.specs"\necho "Target: x86_64-linux-gnu"; echo "gcc version 12.2.0"`,
    );
    symlinkSync('x86_64-linux-musl-gcc', join(root, 'bin/musl-gcc'));
    const { c } = await find({ groups: ['c'] });
    expect(c.cCompilers).toMatchObject([
      { libc: 'musl', kind: 'wrapper', staticLibc: true, libraryDirectory: join(root, 'musl') },
    ]);
  });

  it('passes over a compiler that cannot run', async () => {
    script('bin/gcc', 'exit 1');
    script('bin/clang', 'kill -9 $$');
    expect((await find({ groups: ['c'] })).c.cCompilers).toEqual([]);
  });

  it('finds zig inside the Python package, and starts no Python for it', async () => {
    script('bin/python3', 'touch "$0.started"; exit 1');
    script('lib/python3.11/site-packages/ziglang/zig', 'echo 0.17.1');
    const { c } = await find({ groups: ['c'] });
    expect(c.zig).toMatchObject({
      version: '0.17.1',
      path: join(root, 'lib/python3.11/site-packages/ziglang/zig'),
    });
  });

  it('does not look into folders of PATH that are relative', async () => {
    script('bin/go', 'echo go version go1.2');
    expect((await findTools({ env: { PATH: '.:bin' }, groups: ['go'] })).go.go).toBeNull();
  });

  it('stops when it is told to', async () => {
    script('bin/go', 'sleep 60');
    const stop = new AbortController();
    const finding = find({ groups: ['go'], signal: stop.signal });
    stop.abort();
    await expect(finding).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it.skipIf(!hasTool('gcc') || !hasTool('musl-gcc'))("finds this machine's own compilers", async () => {
    const { c } = await findTools({ groups: ['c'] });
    expect(c.cCompilers.some((cc) => cc.libc === 'glibc' && cc.kind === 'native' && cc.staticLibc)).toBe(
      true,
    );
    expect(c.cCompilers.some((cc) => cc.libc === 'musl' && cc.staticLibc)).toBe(true);
  });
});

describe('versionIn', () => {
  it.each([
    ['GNU Make 4.3', '4.3'],
    ['ar (GNU Binutils for Debian) 2.40', '2.40'],
    ['gcc version 12.2.0 (Debian 12.2.0-14+deb12u1)', '12.2.0'],
    ['1.11.1', '1.11.1'],
    ['no number', null],
    ['', null],
  ])('%s', (text, version) => {
    expect(versionIn(text)).toBe(version);
  });
});
