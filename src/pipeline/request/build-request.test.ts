import { resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Project } from '../../project/index.ts';
import type { BuildOptions } from './build-options.ts';
import type { Configuration } from './parse-configuration.ts';
import { resolveRequest } from './build-request.ts';

const project: Project = {
  kind: 'binary',
  name: 'hello',
  version: null,
  license: null,
  directory: '/src',
  path: '/src/hello',
};
const usage = expect.objectContaining({ code: 'USAGE' });

afterEach(() => vi.unstubAllEnvs());

describe('resolveRequest', () => {
  it('takes the name of the project, a numeric user and time 0 by default', () => {
    vi.stubEnv('SOURCE_DATE_EPOCH', undefined);
    const request = resolveRequest({}, {}, project);
    expect(request.references).toEqual(['hello:latest']);
    expect(request.output).toMatchObject({ kind: 'archive', path: expect.stringMatching(/\/hello\.tar$/) });
    expect(request.run.user).toBe('65532:65532');
    expect(request.sourceDateEpoch).toBe(0);
  });

  it('lets the command line win over morsel.json, and adds up what can be added', () => {
    const request = resolveRequest(
      { size: 'debug', env: { A: '2' }, add: ['b:/b'] },
      { size: 'smallest', env: { A: '1', B: '1' }, add: ['hostname:/a:644'] },
      { ...project, directory: '/etc' },
    );
    expect(request.size).toBe('debug');
    expect(request.run.env).toEqual({ A: '2', B: '1' });
    expect(request.add).toEqual([
      { source: '/etc/hostname', destination: '/a', mode: 0o644, within: '/etc' },
      // What is typed is relative to where it is typed; what a file says, to the file.
      { source: resolve('b'), destination: '/b', mode: null, within: null },
    ]);
  });

  it('gives the group of a lone uid, which runtimes would leave at root', () => {
    expect(resolveRequest({ user: '1000' }, {}, project).run.user).toBe('1000:1000');
  });

  it('reads a trailing slash as a layout', () => {
    expect(resolveRequest({ output: '/tmp/x/' }, {}, project).output).toEqual({
      kind: 'layout',
      path: '/tmp/x',
    });
  });

  it.each<BuildOptions>([
    { user: 'root' },
    { user: '4294967295' },
    { user: '0:4294967296' },
    { user: '1:' },
    { stopSignal: 'NOPE' },
    { stopSignal: '65' },
    { workdir: `/${'x'.repeat(5000)}` },
    { workdir: '/a/../b' },
    { workdir: '/a\0b' },
    { env: { '': 'x' } },
    { env: { 'A=B': 'x' } },
    { env: { A: 'x\0y' } },
    { env: { A: 'x'.repeat(200_000) } },
    { entrypoint: ['/app', 'a\0b'] },
    { cmd: ['x'.repeat(200_000)] },
    { labels: { '': 'x' } },
    { annotations: { 'a\nb': 'x' } },
    { output: 'a\0b' },
    { add: ['a:/b:17777'] },
    { add: ['a:/b:'] },
    { add: ['a\0:/b'] },
    { add: ['a:/../b'] },
    { expose: ['http'] },
    { expose: ['70000'] },
    { add: ['a:b'] },
    { tags: ['UPPER'] },
    { output: '' },
    { workdir: 'data' },
    { programPath: 'app' },
    { programPath: '/' },
    { programPath: '/opt/' },
    { programPath: '/a/../app' },
    { programPath: '/proc/app' },
    { programPath: '/lib' },
    { timeZone: '../../etc/passwd' },
    { timeZone: 'CET-1CEST,M3.5.0' },
  ])('refuses %.60o', (options) => {
    expect(() => resolveRequest(options, {}, project)).toThrowError(usage);
  });

  it('says that morsel.json is wrong with what it adds, also where the command line adds something', () => {
    expect(() => resolveRequest({ add: ['/etc/hostname:/a'] }, { add: ['a:b'] }, project)).toThrowError(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: '--add "a:b" is not SRC:DST[:MODE]',
        hint: expect.any(String) as string,
      }),
    );
  });

  it.each(['x.zip', 'x.tgz', 'out/x.tar.gz', 'x.TAR.ZST', 'x.sif', 'x.json', 'hello.c'])(
    'refuses to call an archive %s',
    (output) => {
      expect(() => resolveRequest({ output }, {}, project)).toThrowError(
        expect.objectContaining({ code: 'USAGE', hint: expect.stringMatching(/^give -o \S+\.tar /) }),
      );
    },
  );

  it.each(['x.tar', 'x', 'app-1.0', 'image.oci', 'a.zip/x.tar', 'v2.tar.d'])(
    'takes %s for an archive',
    (output) => {
      expect(resolveRequest({ output }, {}, project).output).toEqual({
        kind: 'archive',
        path: resolve(output),
      });
    },
  );

  it('takes the ids that the kernel has, and every form of a signal, as they are written', () => {
    const { run } = resolveRequest({ user: '4294967294:007', stopSignal: 'rtmin+3' }, {}, project);
    expect(run).toMatchObject({ user: '4294967294:7', stopSignal: 'rtmin+3' });
  });

  it('bounds the number of names', () => {
    const tags = Array.from({ length: 129 }, (_, index) => `a:${index}`);
    expect(() => resolveRequest({ tags }, {}, project)).toThrowError(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', hint: expect.stringContaining('-t') as string }),
    );
  });

  it('takes the directories of LD_LIBRARY_PATH from where the build is started, as ld.so splits them', () => {
    vi.stubEnv('LD_LIBRARY_PATH', '/a;b:/a:');
    expect(resolveRequest({}, {}, project).builderLibraryPath).toEqual(['/a', resolve('b'), resolve('.')]);
    vi.stubEnv('LD_LIBRARY_PATH', '');
    expect(resolveRequest({}, {}, project).builderLibraryPath).toEqual([]);
  });

  it('puts the program where the command line says, then where morsel.json does', () => {
    const place = (options: BuildOptions, configuration: Configuration) =>
      resolveRequest(options, configuration, project).programPath;
    expect(place({}, {})).toBeNull();
    expect(place({}, { programPath: '/opt//x' })).toBe('/opt/x');
    expect(place({ programPath: '/y' }, { programPath: '/x' })).toBe('/y');
  });

  it('adds the labels of the command line to those of morsel.json', () => {
    const request = resolveRequest({ labels: { a: '2' } }, { labels: { a: '1', b: '1' } }, project);
    expect(request.run.labels).toEqual({ a: '2', b: '1' });
  });

  it('refuses a SOURCE_DATE_EPOCH that is no number', () => {
    vi.stubEnv('SOURCE_DATE_EPOCH', 'yesterday');
    expect(() => resolveRequest({}, {}, project)).toThrowError(usage);
  });
});
