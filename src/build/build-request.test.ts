import { resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Project } from '../project/index.ts';
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
      { size: 'smallest', env: { A: '1', B: '1' }, add: ['a:/a:644'] },
      project,
    );
    expect(request.size).toBe('debug');
    expect(request.run.env).toEqual({ A: '2', B: '1' });
    expect(request.add).toEqual([
      { source: '/src/a', destination: '/a', mode: 0o644 },
      // What is typed is relative to where it is typed; what a file says, to the file.
      { source: resolve('b'), destination: '/b', mode: null },
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

  it.each([
    { user: 'root' },
    { expose: ['http'] },
    { expose: ['70000'] },
    { add: ['a:b'] },
    { tags: ['UPPER'] },
    { output: '' },
    { workdir: 'data' },
    { timeZone: '../../etc/passwd' },
    { timeZone: 'CET-1CEST,M3.5.0' },
  ])('refuses %o', (options) => {
    expect(() => resolveRequest(options, {}, project)).toThrowError(usage);
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
