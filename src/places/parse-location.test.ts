import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawTar } from '../../test/image-fixtures.ts';
import { formatLocation } from './location.ts';
import { isLocation, parseLocation } from './parse-location.ts';

const before = process.cwd();
const work = mkdtempSync(join(tmpdir(), 'morsel-location-'));
const file = (path: string, content: string | Buffer = ''): void => {
  mkdirSync(join(work, path, '..'), { recursive: true });
  writeFileSync(join(work, path), content);
};

beforeAll(() => {
  const tar = rawTar([{ path: 'x', content: 'x' }]);
  file('image.tar', tar);
  file('image.tar.gz', gzipSync(tar));
  file('image.tar.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]));
  file('a:b', tar);
  file('a', tar);
  file('lay/oci-layout', '{}');
  file('old-lay/index.json', '{}');
  mkdirSync(join(work, 'old-lay/blobs'));
  file('saved/manifest.json', '\n[{"Config":"c"}]');
  file('root/manifest.json', '{"name":"a web application"}');
  file('root/index.json', '{}');
  file('program', '\x7fELF');
  file('oci/oci-layout', '{}');
  symlinkSync('loop', join(work, 'loop'));
  execFileSync('mkfifo', [join(work, 'pipe')]);
  process.chdir(work);
});
afterAll(() => {
  process.chdir(before);
  rmSync(work, { recursive: true, force: true });
});

const DIGEST = `sha256:${'0'.repeat(64)}`;

describe('parseLocation', () => {
  it.each([
    ['image.tar', { kind: 'archive', path: 'image.tar' }],
    ['image.tar.gz', { kind: 'archive', path: 'image.tar.gz' }],
    ['image.tar.zst', { kind: 'archive', path: 'image.tar.zst' }],
    ['image.tar:ghcr.io/me/x:1.2', { kind: 'archive', path: 'image.tar', name: 'ghcr.io/me/x:1.2' }],
    ['lay', { kind: 'layout', path: 'lay' }],
    ['./lay/', { kind: 'layout', path: './lay/' }],
    ['lay:x', { kind: 'layout', path: 'lay', name: 'x' }],
    [`lay:${DIGEST}`, { kind: 'layout', path: 'lay', name: DIGEST }],
    ['old-lay:x', { kind: 'layout', path: 'old-lay', name: 'x' }],
    ['saved:x:1', { kind: 'docker-archive', path: 'saved', name: 'x:1' }],
    ['root', { kind: 'root', path: 'root' }],
    ['program', { kind: 'file', path: 'program' }],
  ])('%s by what is there', (text, location) => {
    expect(parseLocation(text)).toEqual(location);
  });

  it.each([
    ['oci:lay', { kind: 'layout', path: 'lay' }],
    ['oci:lay:x:1', { kind: 'layout', path: 'lay', name: 'x:1' }],
    ['oci:root:x', { kind: 'layout', path: 'root', name: 'x' }],
    ['oci-archive:image.tar:x', { kind: 'archive', path: 'image.tar', name: 'x' }],
    ['docker-archive:image.tar:x:1', { kind: 'docker-archive', path: 'image.tar', name: 'x:1' }],
  ])('%s by its transport', (text, location) => {
    expect(parseLocation(text)).toEqual(location);
  });

  it('splits nothing that is there as it is written, and takes the longest path', () => {
    expect(parseLocation('a:b')).toEqual({ kind: 'archive', path: 'a:b' });
    expect(parseLocation('a:b:c')).toEqual({ kind: 'archive', path: 'a:b', name: 'c' });
    expect(parseLocation('a:c')).toEqual({ kind: 'archive', path: 'a', name: 'c' });
    expect(parseLocation('./oci:lay')).toEqual({ kind: 'layout', path: './oci', name: 'lay' });
  });

  it.each([
    ['docker-daemon:alpine:3', { kind: 'engine', engine: 'docker', name: 'alpine:3' }],
    ['podman:sha256:0a', { kind: 'engine', engine: 'podman', name: 'sha256:0a' }],
    ['-', { kind: 'stdin' }],
  ])('%s is fetched', (text, location) => {
    expect(parseLocation(text)).toEqual(location);
    expect(formatLocation(parseLocation(text))).toBe(text);
  });

  it.each([
    ['absent.tar:x', 'NOT_FOUND', /absent\.tar:x: no such file/, /docker:\/\/NAME/],
    ['ghcr.io.tar/x', 'NOT_FOUND', /no such file/, /check the path/],
    ['docker://Upper/x', 'USAGE', /is not the name of an image in a registry/, /in lower case/],
    ['oci:absent:x', 'NOT_FOUND', /oci:absent:x: no such file/, /check the path/],
    ['image.tar:', 'NOT_FOUND', /no such file/, /check the path/],
    ['image.tar:no such file', 'NOT_FOUND', /no such file/, /check the path/],
    ['a\0b', 'NOT_FOUND', /no such file/, /check the path/],
    ['containers-storage:alpine:3', 'UNSUPPORTED', /morsel reads/, /skopeo copy containers-storage:alpine:3/],
    ['https://example.com/x.tar', 'UNSUPPORTED', /morsel reads/, /docker:\/\/NAME/],
    ['root:x', 'USAGE', /root holds no images from which x could be chosen/, /leave out `:x`/],
    ['program:x', 'USAGE', /program holds no images/, /leave out `:x`/],
    ['oci:image.tar:x', 'USAGE', /is a file, and no OCI layout/, /leave out `oci:`/],
    ['loop', 'UNREADABLE', /ELOOP/, /links/],
    ['n'.repeat(300), 'UNREADABLE', /ENAMETOOLONG/, /shorter path/],
    ['pipe', 'UNREADABLE', /is a named pipe/, /PIPE/],
  ])('%j is %s', (text, code, message, hint) => {
    expect(() => parseLocation(text)).toThrowError(
      expect.objectContaining({
        code,
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      }),
    );
  });

  it.each([
    ['docker://alpine:3', { registry: 'docker.io', repository: 'library/alpine', tag: '3' }],
    ['docker://me/x', { registry: 'docker.io', repository: 'me/x' }],
    ['ghcr.io/me/x:1', { registry: 'ghcr.io', repository: 'me/x', tag: '1' }],
    ['localhost:5000/x', { registry: 'localhost:5000', repository: 'x' }],
  ])('%s is in a registry', (text, reference) => {
    expect(parseLocation(text)).toEqual({ kind: 'registry', reference });
  });

  it('does not look for paths longer than any', () => {
    expect(() => parseLocation(`${'a:'.repeat(500_000)}b`)).toThrowError();
  });
});

it('formatLocation gives the text of which the same location is made', () => {
  for (const text of ['image.tar:x:1', 'oci:lay:x', 'docker-archive:image.tar:x', 'root', 'program', 'a:b:c'])
    expect(formatLocation(parseLocation(text))).toBe(text);
});

describe('isLocation', () => {
  it.each(['image.tar', 'lay:x', 'a:b', 'oci:absent', 'docker://alpine', 'pipe', 'root'])('%s', (text) => {
    expect(isLocation(text)).toBe(true);
  });

  it.each([
    'exec /app: no such file or directory',
    'docker: Error response from daemon',
    'program: cannot execute',
    'program:12',
    'root:12',
    'http://127.0.0.1:8080/',
    'CrashLoopBackOff',
    'x'.repeat(70_000),
    '-',
  ])('not %.40s', (text) => {
    expect(isLocation(text)).toBe(false);
  });
});
