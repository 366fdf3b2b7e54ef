import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CauseContext } from '../../src/explain/cause-row.ts';
import { CAUSES } from '../../src/explain/causes/index.ts';
import { probeTarget } from '../../src/explain/target-probe.ts';
import { directoryTree, singleFileTree } from '../../src/rootfs/index.ts';
import { OPTIONS, optionsIn, parseProblem, withoutForeign } from './command-lines.ts';

/**
 * What `explain` tells somebody to type, of each cause in each situation: a command line of morsel in it is parsed by the
 * program itself, and a flag without a command is one of `morsel build`, which most fixes are about.
 */
const folder = mkdtempSync(join(tmpdir(), 'morsel-explanations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'bin'));
writeFileSync(join(folder, 'bin/app'), '\x7fELF');

const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers' as const, diff_ids: [] } };
const tree = directoryTree(folder);
const PROBES: Readonly<Record<string, CauseContext['probe']>> = {
  'a text alone': null,
  'an image': probeTarget({ tree, config: { ...config, config: { Entrypoint: ['/bin/app'] } } }),
  'an image of an archive': probeTarget({
    tree,
    config: { ...config, config: { Entrypoint: ['absent'] } },
    image: { kind: 'archive', path: 'a.tar', name: 'app:1' },
  }),
  'an image without a command': probeTarget({ tree, config }),
  'a root': probeTarget({ tree, config: null, command: ['/bin/app'] }),
  'a file': probeTarget({
    tree: singleFileTree(join(folder, 'bin/app')),
    config: null,
    file: join(folder, 'bin/app'),
    command: ['/app'],
  }),
};

/** What patterns take from texts; some as nobody would call a file. */
const SAID: readonly CauseContext['values'][] = [
  {},
  { path: '/app', file: '/etc/app.conf', library: '/lib/libx.so.1', zone: 'Europe/Berlin', term: 'xterm-256color' },
  { path: './app', file: 'templates/index.html', library: 'libx.so.1', folder: '/data', interpreter: '/lib/ld.so' },
  { path: '../my app', file: "it's --here", zone: '--frobnicate', term: '-x', started: '--tool' },
];

const contexts = Object.entries(PROBES).flatMap(([situation, probe]) =>
  SAID.map((values) => [situation, { probe, values }] as const),
);

describe.each(CASES())('%s', (_cause, row) => {
  it('is answered with what can be typed', async () => {
    for (const [situation, context] of contexts) {
      const command = row.command(context);
      expect(await parseProblem(command.replace(/ {2}#.*$/, '')), situation).toBeNull();
      for (const fix of row.fixes(context)) expect(await problemsOf(fix), situation).toEqual([]);
      expect(row.fixes(context).length).toBeGreaterThan(0);
    }
  });
});

function CASES() {
  return CAUSES.map((row) => [row.cause, row] as const);
}

async function problemsOf(fix: string): Promise<readonly string[]> {
  const quoted = [...fix.matchAll(/`([^`]*)`/g)].map(([, line = '']) => line);
  const lines = quoted.filter((line) => line.startsWith('morsel '));
  const problems = await Promise.all(lines.map(parseProblem));
  const outside = fix.replaceAll(/`[^`]*`/g, 'QUOTED');
  const build = OPTIONS.get('build') ?? new Set<string>();
  const own = withoutForeign(outside);
  return [
    ...problems.filter((problem) => problem !== null),
    ...[...outside.matchAll(/(?<![\w.-])morsel [a-z]+/g)].map(([command]) => `not quoted: ${command}`),
    ...optionsIn(own)
      .filter((option) => !build.has(option))
      .map((option) => `no option of build: ${option}`),
  ];
}

it('would be refused', async () => {
  expect(await problemsOf('take a base: --base alpine')).toEqual(['no option of build: --base']);
  expect(await problemsOf('build it: morsel build')).toEqual(['not quoted: morsel build']);
  expect(await problemsOf('`morsel build . --snapshot x`')).toHaveLength(1);
  expect(await problemsOf('docker run --platform x, and --add A:B')).toEqual([]);
});
