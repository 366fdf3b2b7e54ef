import { expect, it } from 'vitest';
import { GCC, machine, MUSL_GCC } from '../../../test/golden/fake-tools.ts';
import { NO_SETTINGS } from '../../project/index.ts';
import { planC } from './plan-c.ts';

it("one's own commands have the rung's compilers in CC and CXX; the words after -- are for the last", () => {
  const project = {
    kind: 'c',
    name: 'app',
    version: null,
    license: null,
    directory: '/src',
    language: 'c',
    buildSystem: 'commands',
    source: null,
    configure: null,
    choosesOptimisation: false,
    binary: null,
    otherPrograms: [],
    preferred: [],
  } as const;
  const outcome = planC(project, 'static-musl', machine({ compilers: [GCC, MUSL_GCC] }), {
    profile: 'default',
    experimental: false,
    workDirectory: '/work',
    platform: { os: 'linux', architecture: 'amd64' },
    hostArchitecture: 'amd64',
    settings: { ...NO_SETTINGS, words: ['-r'] },
    prepare: [['true']],
    build: [
      ['./gen', 'x'],
      ['sh', 'Build.sh'],
    ],
  });
  if (outcome.kind === 'unavailable') throw new Error(outcome.reason);
  const { plan } = outcome;
  expect(plan.prepare.map(({ program }) => program)).toEqual(['true']);
  expect(plan.commands.map(({ program, args, cwd }) => [program, ...args, cwd])).toEqual([
    ['./gen', 'x', '/work/src'],
    ['sh', 'Build.sh', '-r', '/work/src'],
  ]);
  expect(plan.commands[1]?.env).toMatchObject({ CC: 'cc', CXX: 'c++' });
  expect(plan.copySources).toMatchObject({ from: '/src', to: '/work/src' });
  const compiler = plan.files.find(({ path }) => path === '/work/bin/cc');
  expect(compiler?.content.kind === 'text' && compiler.content.text).toContain(' -static ');
});
