import { describe, expect, it } from 'vitest';
import { GCC, machine } from '../../../test/golden/fake-tools.ts';
import type { CProject } from '../../project/project.ts';
import { planC } from './plan-c.ts';

/** The compiler's words for a source of that name. */
function words(name: string): readonly string[] {
  const project: CProject = {
    kind: 'c',
    name: 'app',
    version: null,
    license: null,
    directory: '/src',
    language: 'c',
    buildSystem: 'single',
    source: `/src/${name}`,
    configure: null,
    choosesOptimisation: false,
    binary: null,
    otherPrograms: [],
    preferred: [],
  };
  const outcome = planC(project, 'closure', machine({ compilers: [GCC] }), {
    profile: 'default',
    experimental: false,
    workDirectory: '/work',
    platform: { os: 'linux', architecture: 'amd64' },
    hostArchitecture: 'amd64',
  });
  return outcome.kind === 'plan' ? (outcome.plan.commands[0]?.args ?? []) : [];
}

describe('planSingle', () => {
  it.each([
    ['hello.c', 'hello.c'],
    ['a=b.c', 'a=b.c'],
    ['a\nb.c', 'a\nb.c'],
    ['-o.c', './-o.c'],
    ['--.c', './--.c'],
    ['@file.c', './@file.c'],
  ])('names the source %j as %j', (name, word) => {
    expect(words(name)).toContain(word);
    expect(words(name).filter((one) => one === name && one !== word)).toEqual([]);
  });
});
