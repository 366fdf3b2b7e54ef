import { describe, expect, it } from 'vitest';
import { commandProblems } from '../../../test/golden/command-lines.ts';
import type { BuildResult } from '../../index.ts';
import { parseConfiguration } from '../../pipeline/request/parse-configuration.ts';
import { parseChecks } from '../../proof/parse-checks.ts';
import { nextLines, pathFrom } from './next-commands.ts';

const PLACE = { directory: '/src', architecture: 'amd64' };
const LISTENS = { address: '::', port: 8080 };

function lines(given: {
  readonly references?: readonly string[];
  readonly platform?: string;
  readonly path?: string;
  readonly kind?: 'archive' | 'layout';
  readonly listens?: { readonly address: string | null; readonly port: number } | null;
  readonly strength?: 'start' | 'checked';
  readonly engine?: 'docker' | 'podman';
}): readonly string[] {
  const {
    references = ['app:latest'],
    platform = 'linux/amd64',
    kind = 'archive',
    strength = 'start',
  } = given;
  const check = { name: 'starts', status: 'passed', detail: '', strength, listens: given.listens ?? null };
  const result = {
    reference: `${(references[0] ?? '').replace(/:latest$/, '')}@sha256:abc`,
    references,
    platform,
    image: { path: given.path ?? '/src/app.tar', kind },
    proof: { checks: [check] },
  } as unknown as BuildResult;
  const loaded = given.engine === undefined ? null : { engine: given.engine, id: null, output: '' };
  return nextLines(result, loaded, PLACE).map((line) => line.shown.trim());
}

describe('what to do with an image', () => {
  it.each([
    [{}, ['run it: docker load -i app.tar && docker run --rm app']],
    [{ path: '/out/my app.tar' }, ["run it: docker load -i '/out/my app.tar' && docker run --rm app"]],
    [
      { platform: 'linux/arm64' },
      ['run it: docker load -i app.tar && docker run --rm --platform linux/arm64 app'],
    ],
    [{ engine: 'podman' }, ['loaded into podman; run it: podman run --rm app']],
    [
      { references: ['ghcr.io/me/app:1', 'ghcr.io/me/app:latest'] },
      [
        'run it: docker load -i app.tar && docker run --rm ghcr.io/me/app:1',
        'push it: morsel push app.tar ghcr.io/me/app:1',
        'push it: morsel push app.tar ghcr.io/me/app:latest',
      ],
    ],
    [
      { kind: 'layout', path: '/src/out', references: ['ghcr.io/me/app:1', 'app:2'] },
      [
        'copy it: morsel copy oci:out:ghcr.io/me/app:1 ghcr.io/me/app:1',
        'copy it: morsel copy oci:out:app:2 docker-daemon:app:2',
      ],
    ],
  ] as const)('%o', (given, expected) => {
    expect(lines(given)).toEqual(expected);
    expect(expected.flatMap(commandProblems)).toEqual([]);
  });

  it('has the port that was seen, and for a server that was only started a check that morsel.json takes', async () => {
    const [check = '', run] = lines({ listens: LISTENS });
    expect(run).toBe('run it: docker load -i app.tar && docker run --rm -p 8080:8080 app');
    const { fields } = await parseConfiguration(check.slice(check.indexOf('{')), 'morsel.json');
    expect(await parseChecks([...(fields.checks ?? [])])).toMatchObject([
      { kind: 'server', name: 'answers', request: { kind: 'http', url: 'http://127.0.0.1:8080/' } },
    ]);
    expect(lines({ listens: LISTENS, strength: 'checked' })).toEqual([run]);
  });

  it('says where -p would lead nowhere', () => {
    const shown = lines({ listens: { address: '127.0.0.1', port: 9 }, strength: 'checked' });
    expect(shown).toEqual([
      'it listens on the loopback alone: from outside of its container nobody reaches it',
      'run it: docker load -i app.tar && docker run --rm app',
    ]);
  });
});

describe('pathFrom', () => {
  it.each([
    ['/src/app.tar', 'app.tar'],
    ['/src/out/app.tar', 'out/app.tar'],
    ['/out/app.tar', '/out/app.tar'],
    ['/src', '/src'],
    ['/srcs/a', '/srcs/a'],
  ])('%s', (path, shown) => {
    expect(pathFrom('/src', path)).toBe(shown);
  });
});
