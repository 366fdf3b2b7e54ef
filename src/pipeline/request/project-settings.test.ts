import { describe, expect, it } from 'vitest';
import { NO_PROJECT_SETTINGS, settingsFor } from '../../project/index.ts';
import { projectSettings } from './project-settings.ts';

describe('projectSettings', () => {
  it('has nothing to say by default', () => {
    expect(projectSettings({}, {})).toEqual(NO_PROJECT_SETTINGS);
  });

  it('adds what is typed behind what the file says, and what a rung says behind both', () => {
    const settings = projectSettings(
      { words: ['--a'], link: ['m'], allowFewerFeatures: true },
      {
        c: { link: ['z'], std: 'c17' },
        configure: ['--b'],
        cargo: { features: ['x'] },
        rungs: {
          'static-musl': { configure: ['--c'], c: { std: 'c11' }, cargo: { defaultFeatures: false } },
        },
      },
    );
    expect(settings.allowFewerFeatures).toBe(true);
    expect(settings.common).toMatchObject({ words: ['--a'], c: { link: ['z', 'm'], std: 'c17' } });
    expect(settingsFor(settings, 'static-musl')).toMatchObject({
      configure: ['--b', '--c'],
      c: { link: ['z', 'm'], std: 'c11' },
      cargo: { features: ['x'], defaultFeatures: false },
    });
    expect(settingsFor(settings, 'closure')).toMatchObject({
      configure: ['--b'],
      cargo: { defaultFeatures: true },
    });
  });

  it('writes definitions as each tool takes them', () => {
    const written = { WITH_X: true, Y: false, N: 3, 'S:STRING': 'a b' };
    const { common } = projectSettings({}, { cmake: written, meson: written });
    expect(common.cmake).toEqual(['-DWITH_X=ON', '-DY=OFF', '-DN=3', '-DS:STRING=a b']);
    expect(common.meson).toEqual(['-DWITH_X=true', '-DY=false', '-DN=3', '-DS:STRING=a b']);
  });

  it('takes one command or several', () => {
    expect(projectSettings({}, { prepare: ['make', 'defconfig'] }).prepare).toEqual([['make', 'defconfig']]);
    expect(projectSettings({}, { prepare: [['a'], ['b', 'c']] }).prepare).toEqual([['a'], ['b', 'c']]);
    expect(projectSettings({}, { prepare: [] }).prepare).toEqual([]);
  });

  it.each([
    { words: ['a\0b'] },
    { words: ['x'.repeat(131_072)] },
    { words: Array.from({ length: 1001 }, () => 'x') },
    { link: ['-lz'] },
    { link: ['../x'] },
    { link: [''] },
  ])('refuses %.60o', (options) => {
    expect(() => projectSettings(options, {})).toThrowError(expect.objectContaining({ code: 'USAGE' }));
  });
});
