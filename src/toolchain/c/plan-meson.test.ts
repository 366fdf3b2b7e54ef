import { describe, expect, it } from 'vitest';
import { GCC, machine, tool } from '../../../test/golden/fake-tools.ts';
import { NO_SETTINGS } from '../../project/build-settings.ts';
import type { CProject } from '../../project/project.ts';
import { planC } from './plan-c.ts';

const PROJECT: CProject = {
  kind: 'c',
  name: 'app',
  version: null,
  license: null,
  directory: '/src',
  language: 'c',
  buildSystem: 'meson',
  source: null,
  configure: null,
  choosesOptimisation: false,
  binary: null,
  otherPrograms: [],
  preferred: [],
};
const GCC_ONLY = machine({ compilers: [GCC] });
const TOOLS = {
  ...GCC_ONLY,
  build: { ...GCC_ONLY.build, meson: tool('/usr/bin/meson'), ninja: tool('/usr/bin/ninja') },
};

/** The words of `meson setup` about wraps. */
function wrapWords(meson: readonly string[], words: readonly string[]): readonly string[] {
  const outcome = planC(PROJECT, 'closure', TOOLS, {
    profile: 'default',
    experimental: false,
    workDirectory: '/work',
    platform: { os: 'linux', architecture: 'amd64' },
    hostArchitecture: 'amd64',
    settings: { ...NO_SETTINGS, meson, words },
  });
  const args = outcome.kind === 'plan' ? (outcome.plan.commands[0]?.args ?? []) : [];
  return args.filter((word) => /wrap.mode/.test(word));
}

describe('planMeson', () => {
  it.each([
    [[], [], ['--wrap-mode=nodownload']],
    [['-Dx=1'], ['-Dmy_wrap_mode=1'], ['--wrap-mode=nodownload', '-Dmy_wrap_mode=1']],
    [['--wrap-mode=default'], [], ['--wrap-mode=default']],
    [[], ['-Dwrap_mode=forcefallback'], ['-Dwrap_mode=forcefallback']],
    [['-D', 'wrap_mode=default'], [], ['wrap_mode=default']],
  ])('with %j and %j says of wraps %j', (meson, words, expected) => {
    expect(wrapWords(meson, words)).toEqual(expected);
  });
});
