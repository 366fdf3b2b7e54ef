import { describe, expect, it } from 'vitest';
import { readCmakeText, readConfigureAcText, readMesonText } from './c-manifests.ts';

describe('readCmakeText', () => {
  it.each([
    ['project(lz4 VERSION 1.9.4 LANGUAGES C)', { name: 'lz4', version: '1.9.4', languages: ['c'] }],
    ['PROJECT("my app" C CXX)', { name: null, version: null, languages: ['c', 'c++'] }],
    ['project(old C)', { name: 'old', version: null, languages: ['c'] }],
    ['project(both VERSION 2 DESCRIPTION "C")', { name: 'both', version: '2', languages: null }],
    [
      '# project(no)\ncmake_minimum_required(VERSION 3.1)\nproject(\n  yes\n  VERSION 0.1\n)',
      { name: 'yes', version: '0.1', languages: null },
    ],
    ['project(${NAME} VERSION ${V})', { name: null, version: null, languages: null }],
    ['add_library(x x.c)', { name: null, version: null, languages: null }],
    ['project(a)\nadd_custom_target(r COMMAND docker build $(PR))', { name: 'a', writesForMake: true }],
    ['project(a)\n# $(PR)\nset(x ${PR})', { name: 'a', writesForMake: false }],
  ])('%s', (text, expected) => {
    expect(readCmakeText(text)).toMatchObject(expected);
  });

  it('sees that the build type is chosen by the project', () => {
    expect(readCmakeText('project(x)\nset( CMAKE_BUILD_TYPE Debug)').choosesOptimisation).toBe(true);
    expect(readCmakeText('project(x)\n# set(CMAKE_BUILD_TYPE Debug)').choosesOptimisation).toBe(false);
  });
});

describe('readMesonText', () => {
  it('reads the call over several lines', () => {
    const text =
      "project('dav', ['c', 'cpp'],\n  version: '1.2.1',\n  license: 'MIT',\n  default_options: ['buildtype=release'])\n";
    expect(readMesonText(text)).toEqual({
      name: 'dav',
      version: '1.2.1',
      license: 'MIT',
      languages: ['c', 'c++'],
      choosesOptimisation: true,
    });
  });

  it('leaves what is computed unknown', () => {
    expect(readMesonText("project('x', 'c', version: run_command('git'))\n")).toMatchObject({
      name: 'x',
      version: null,
      languages: ['c'],
    });
    expect(readMesonText("project('x', 'c', license: 'custom words')\n").license).toBeNull();
  });
});

describe('readConfigureAcText', () => {
  it.each([
    ['AC_INIT([hello], [2.10], [bug@x.org])', 'hello', '2.10'],
    ['AC_INIT([GNU Hello],\n        [2.12],\n        [bug])', 'Hello', '2.12'],
    ['AC_INIT([The Tool], 1.0, bug, tool)', 'tool', '1.0'],
    ['AC_INIT([x], m4_esyscmd([git describe]))', 'x', null],
    ['dnl AC_INIT([no],[1])\nAC_INIT(src/a.c)', null, null],
  ])('%s', (text, name, version) => {
    expect(readConfigureAcText(text)).toMatchObject({ name, version });
  });
});
