import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  provideLibraries,
  type ProvideLibrariesOptions,
  readLibraryLock,
} from '../../src/libraries/index.ts';
import { findTools, type Tools, toolchainsFor, type CToolchain } from '../../src/toolchain/index.ts';
import { DebianArchive, type Fault, type Mirror, serveArchive } from '../debian-archive.ts';
import { hasTool } from '../reference-tools.ts';
import { makeTinySources } from '../tiny-library.ts';

const hasTools = ['gpg', 'gpgv', 'xz', 'patch', 'musl-gcc', 'make'].map(hasTool).every(Boolean);
const TINY = { name: 'tiny', source: 'debian:tiny' };

describe.skipIf(!hasTools)('sources of libraries that are not what they should be', () => {
  let folder: string;
  let archive: DebianArchive;
  let mirror: Mirror;
  let tools: Tools;
  let toolchain: CToolchain;
  let cache: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'morsel-sources-'));
    archive = new DebianArchive(folder);
    archive.publish([{ name: 'tiny', version: '1.0-1', files: makeTinySources(join(folder, 'tiny')) }]);
    mirror = await serveArchive(archive.root);
    tools = await findTools({ groups: ['c', 'build'] });
    const [first] = toolchainsFor({ language: 'c' }, 'static-musl', tools, 'amd64');
    if (first === undefined) throw new Error('musl-gcc is here, and was not found');
    toolchain = first;
  });

  afterAll(async () => {
    archive.close();
    await mirror.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    cache = mkdtempSync(join(folder, 'cache-'));
    mirror.fault = null;
    mirror.asked.length = 0;
  });

  afterEach(() =>
    archive.publish([{ name: 'tiny', version: '1.0-1', files: makeTinySources(join(folder, 'tiny')) }]),
  );

  const provide = (options: Partial<ProvideLibrariesOptions> = {}) =>
    provideLibraries([TINY], toolchain, {
      tools,
      cacheDirectory: cache,
      keyring: archive.keyring,
      env: { MORSEL_DEBIAN_MIRROR: mirror.words },
      jobs: 1,
      ...options,
    });

  const links = (sysroot: string): string => {
    const source = join(folder, 'main.c');
    writeFileSync(
      source,
      '#include <stdio.h>\n#include <tiny.h>\nint main(void) { printf("%d %s\\n", tiny_answer(), tiny_file()); }\n',
    );
    const program = join(folder, 'main');
    const words = [
      '-static',
      '-isystem',
      join(sysroot, 'usr/include'),
      source,
      '-L',
      join(sysroot, 'usr/lib'),
      '-ltiny',
      '-o',
      program,
    ];
    execFileSync('musl-gcc', words);
    return execFileSync(program, { encoding: 'utf8' });
  };

  /** Nothing of a library is there, and the same cache is good for the next try. */
  const isUnharmed = async (): Promise<void> => {
    for (const kind of ['built', 'sysroots']) expect(namesIn(join(cache, 'libraries', kind))).toEqual([]);
    mirror.fault = null;
    expect(links((await provide()).path)).toBe('42 tiny.c\n');
    expect(namesIn(join(cache, 'libraries/downloads')).filter((name) => name.startsWith('.'))).toEqual([]);
  };

  it('builds what is signed, patched, for the C library that was asked for', async () => {
    const sysroot = await provide();
    expect(links(sysroot.path)).toBe('42 tiny.c\n');
    expect(sysroot.libraries).toMatchObject([
      { name: 'tiny', version: '1.0-1', source: 'debian:tiny', archives: ['tiny'] },
    ]);
    expect([...sysroot.closure]).toEqual([['tiny', []]]);
    expect(
      execFileSync('find', [join(sysroot.path, 'usr'), '-type', 'f', '-printf', '%P\n'], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .toSorted(),
    ).toEqual(['include/tiny.h', 'lib/libtiny.a', 'lib/pkgconfig/tiny.pc']);
  });

  const page: Fault = () => ({
    body: Buffer.from('<!DOCTYPE html><html><body>Log in to the network</body></html>'),
  });
  const flipped: Fault = (bytes) => {
    const body = Buffer.from(bytes);
    const at = Math.floor(body.length / 2);
    body[at] = (body[at] ?? 0) ^ 1;
    return { body };
  };
  const otherLetter: Fault = (bytes) => ({
    body: Buffer.from(bytes.toString('latin1').replace('Origin: Test', 'Origin: Tess'), 'latin1'),
  });
  const cut: Fault = (bytes) => ({ body: bytes.subarray(0, Math.floor(bytes.length / 2)) });
  const breaks: Fault = (bytes) => ({
    body: bytes.subarray(0, Math.floor(bytes.length / 2)),
    breaksOff: true,
  });
  const large: Fault = (bytes) => ({ body: Buffer.concat([bytes, Buffer.alloc(8 * 1024 * 1024)]) });
  const refuses: Fault = () => ({ status: 403, body: Buffer.from('no') });
  const gone: Fault = () => ({ status: 404, body: Buffer.from('no') });
  const places = {
    release: /InRelease$/,
    index: /by-hash/,
    tarball: /\.orig\.tar\.gz$/,
    patches: /\.debian\.tar\.xz$/,
  };

  it.each([
    ['a page in place of the signed list', places.release, page, 'SIGNATURE_INVALID', 'web page'],
    ['one letter of the signed list', places.release, otherLetter, 'SIGNATURE_INVALID', 'InRelease'],
    ['half of the signed list', places.release, cut, 'SIGNATURE_INVALID', 'InRelease'],
    ['a signed list that breaks off', places.release, breaks, 'NETWORK', 'InRelease'],
    ['a signed list without end', places.release, large, 'LIMIT_EXCEEDED', 'more than'],
    ['a page in place of the index', places.index, page, 'DIGEST_MISMATCH', 'web page'],
    ['one bit of the index', places.index, flipped, 'DIGEST_MISMATCH', 'digest'],
    ['an index that breaks off', places.index, breaks, 'NETWORK', 'by-hash'],
    ['a page in place of the tarball', places.tarball, page, 'DIGEST_MISMATCH', 'web page'],
    ['one bit of the tarball', places.tarball, flipped, 'DIGEST_MISMATCH', 'digest'],
    ['half of the tarball', places.tarball, cut, 'DIGEST_MISMATCH', 'ends after'],
    ['a tarball that breaks off', places.tarball, breaks, 'NETWORK', 'tiny_1.0.orig.tar.gz'],
    ['a tarball without end', places.tarball, large, 'LIMIT_EXCEEDED', 'more than'],
    ['a tarball that is refused', places.tarball, refuses, 'NETWORK', '403'],
    ['a tarball that is not there', places.tarball, gone, 'NETWORK', '404'],
    ['one bit of the patches', places.patches, flipped, 'DIGEST_MISMATCH', 'digest'],
  ] as const)('%s', async (_, path, fault, code, words) => {
    mirror.fault = { path, with: fault };
    await expect(provide()).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    await isUnharmed();
  });

  it('a list that another key has signed', async () => {
    const other = new DebianArchive(mkdtempSync(join(folder, 'other-')));
    try {
      await expect(provide({ keyring: other.keyring })).rejects.toMatchObject({
        code: 'SIGNATURE_INVALID',
        message: expect.stringContaining('No public key'),
      });
      await isUnharmed();
    } finally {
      other.close();
    }
  });

  it.each([
    ['a list that has expired', { 'Valid-Until': 'Sat, 01 Jan 2022 00:00:00 UTC' }, 'valid until 2022-01-01'],
    ['the list of another release', { Codename: 'trixie' }, 'release of trixie'],
  ] as const)('%s, signed', async (_, fields, words) => {
    const files = makeTinySources(join(folder, 'tiny'));
    archive.publish([{ name: 'tiny', version: '1.0-1', files }], fields);
    await expect(provide()).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
      message: expect.stringContaining(words),
    });
    archive.publish([{ name: 'tiny', version: '1.0-1', files }]);
    await isUnharmed();
  });

  it('takes the highest version of all suites, and the next one where the mirror lacks its files', async () => {
    const newer = makeTinySources(join(folder, 'newer'), { version: '1.1', answer: 43 });
    archive.publish([
      { name: 'tiny', version: '1.0-1', files: makeTinySources(join(folder, 'tiny')) },
      { name: 'tiny', version: '1.1-1', files: newer, suite: 'bookworm-security' },
    ]);
    expect(links((await provide()).path)).toBe('43 tiny.c\n');
    rmSync(join(cache, 'libraries'), { recursive: true });
    mirror.fault = { path: /tiny_1\.1/, with: gone };
    const findings: string[] = [];
    const onEvent: ProvideLibrariesOptions['onEvent'] = (event) =>
      void (event.kind === 'finding' && findings.push(event.message));
    expect(links((await provide({ onEvent })).path)).toBe('42 tiny.c\n');
    expect(findings).toEqual([
      'tiny is built of 1.0-1: the mirror lacks the files of 1.1-1, which its index names',
    ]);
  });

  it('keeps to the lock when the archive has gone on, and builds from what is kept without a network', async () => {
    const lockFile = join(cache, 'morsel.lock.json');
    await provide({ lockFile });
    const text = readFileSync(lockFile, 'utf8');
    expect(readLibraryLock(lockFile).libraries['tiny']).toMatchObject({
      source: 'debian:tiny',
      version: '1.0-1',
    });
    archive.publish([
      {
        name: 'tiny',
        version: '1.1-1',
        files: makeTinySources(join(folder, 'newer'), { version: '1.1', answer: 43 }),
      },
    ]);
    rmSync(join(cache, 'libraries/built'), { recursive: true });
    rmSync(join(cache, 'libraries/sysroots'), { recursive: true });
    mirror.asked.length = 0;
    expect(links((await provide({ lockFile, offline: true })).path)).toBe('42 tiny.c\n');
    expect(mirror.asked).toEqual([]);
    expect(readFileSync(lockFile, 'utf8')).toBe(text);
  });

  it('says without a network what was not downloaded', async () => {
    await expect(provide({ offline: true })).rejects.toMatchObject({
      code: 'NETWORK',
      message: expect.stringContaining('--offline'),
    });
    expect(mirror.asked).toEqual([]);
  });

  it('fetches again what was damaged in the cache', async () => {
    await provide();
    const downloads = join(cache, 'libraries/downloads');
    for (const name of namesIn(downloads)) truncateSync(join(downloads, name), 5);
    rmSync(join(cache, 'libraries/built'), { recursive: true });
    rmSync(join(cache, 'libraries/sysroots'), { recursive: true });
    expect(links((await provide()).path)).toBe('42 tiny.c\n');
  });
});

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
