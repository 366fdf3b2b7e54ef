import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAutomakeFile } from './automake-programs.ts';
import { declaredPrograms, meantProgram } from './c-programs.ts';
import { readCmakeFile } from './cmake-programs.ts';
import { readMesonFile } from './meson-programs.ts';
import { namesOfProject } from './names-of-project.ts';
import type { CProject } from './project.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-declared-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function tree(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const meant = (system: CProject['buildSystem'], name: string) =>
  meantProgram(name, declaredPrograms(root, system, name));

describe('readCmakeFile', () => {
  it.each([
    ['add_executable(a a.c)', ['a certain']],
    ['ADD_EXECUTABLE( "a" a.c )\ninstall(TARGETS a lib DESTINATION bin)', ['a certain installed']],
    ['if(X)\n  add_executable(a a.c)\nendif()\nadd_executable(b b.c)', ['a', 'b certain']],
    ['foreach(t 1 2)\nadd_executable(a a.c)\nendforeach(t)', ['a']],
    ['function(f)\nadd_executable(a a.c)\nendfunction()', ['a']],
    ['# add_executable(a a.c)\n#[[ add_executable(b b.c) ]]\n#[=[\n]]add_executable(c c.c)]=]', []],
    ['add_executable(a IMPORTED)\nadd_executable(b ALIAS a)\nadd_executable(c EXCLUDE_FROM_ALL c.c)', []],
    ['add_executable(${PROJECT_NAME} a.c)', ['app certain']],
    ['set(T tool)\nadd_executable(${T} a.c)\nadd_executable(${T}-x a.c)', ['tool certain', 'tool-x certain']],
    [
      'add_library(lib l.c)\nset_target_properties(lib PROPERTIES OUTPUT_NAME b)\nadd_executable(a a.c)',
      ['a certain'],
    ],
    ['add_executable(a a.c)\nreturn()\nadd_executable(b b.c)', ['a certain']],
    ['message("add_executable(a a.c)") # )\nadd_executable(b b.c)', ['b certain']],
  ])('%s', (text, expected) => {
    const { programs, isComputed } = readCmakeFile(text, 'app');
    const shown = programs.map(
      ({ name, isCertain, isInstalled }) =>
        `${name}${isCertain ? ' certain' : ''}${isInstalled ? ' installed' : ''}`,
    );
    expect(shown).toEqual(expected);
    expect(isComputed).toBe(false);
  });

  it.each([
    'add_executable(${NAME} a.c)',
    'set(N a)\nset(N b)\nadd_executable(${N} a.c)',
    'if(W)\nset(N a)\nendif()\nadd_executable(${N} a.c)',
    'add_executable(a a.c)\nset_target_properties(a PROPERTIES OUTPUT_NAME b)',
    'add_executable(a a.c)\nset_property(TARGET a PROPERTY EXCLUDE_FROM_ALL TRUE)',
    'ecm_add_executable(a a.c)',
    'declare_thing(app a.c)',
    'add_executable(a a.c)\nset_target_properties(${T} PROPERTIES OUTPUT_NAME b)',
    'add_subdirectory(${D})',
    'if(X)\nreturn()\nendif()',
  ])('does not tell all: %s', (text) => {
    expect(readCmakeFile(text, 'app').isComputed).toBe(true);
  });
});

describe('readMesonFile', () => {
  it.each([
    ["executable('a', 'a.c')", ['a certain']],
    ["x = executable('a', ['a.c', 'b)c'], install : true)", ['a certain installed']],
    ["if c.found()\n  executable('a', 'a.c')\nendif\nexecutable('b', 'b.c')", ['a', 'b certain']],
    ["foreach t : ['x']\n  executable('a', t)\nendforeach", ['a']],
    ["# executable('a', 'a.c')\n'''executable('b')'''\n'executable('", []],
    ["executable('a', 'a.c', build_by_default: false)", []],
    ['executable(meson.project_name(), files)', ['app certain']],
  ])('%s', (text, expected) => {
    const { programs, isComputed } = readMesonFile(text, 'app');
    const shown = programs.map(
      ({ name, isCertain, isInstalled }) =>
        `${name}${isCertain ? ' certain' : ''}${isInstalled ? ' installed' : ''}`,
    );
    expect(shown).toEqual(expected);
    expect(isComputed).toBe(false);
  });

  it.each(['executable(name, files)', "executable('a' + suffix, 'a.c')", 'subdir(x)', 'subdir_done()'])(
    'does not tell all: %s',
    (text) => {
      expect(readMesonFile(text, 'app').isComputed).toBe(true);
    },
  );
});

describe('readAutomakeFile', () => {
  it('knows what is installed, what is made, and what only for tests', () => {
    const text =
      'SUBDIRS = . src \\\n  lib # more\nbin_PROGRAMS = a \\\n\tb\nif X\nbin_PROGRAMS += c\nendif\nnoinst_PROGRAMS = n\ncheck_PROGRAMS = t\nEXTRA_PROGRAMS = e\n';
    const { programs, below, isComputed } = readAutomakeFile(text);
    expect(programs).toEqual([
      { name: 'a', isCertain: true, isInstalled: true },
      { name: 'b', isCertain: true, isInstalled: true },
      { name: 'c', isCertain: false, isInstalled: true },
      { name: 'n', isCertain: true, isInstalled: false },
    ]);
    expect(below.map(({ folder }) => folder)).toEqual(['src', 'lib']);
    expect(isComputed).toBe(false);
    expect(readAutomakeFile('bin_PROGRAMS = $(PROGS)\n').isComputed).toBe(true);
    expect(readAutomakeFile('bin_PROGRAMS = @X@\n').isComputed).toBe(true);
  });
});

describe('meantProgram', () => {
  it('finds programs of equal right without a build, as yajl has them', () => {
    tree({
      'CMakeLists.txt':
        'PROJECT(JsonParser C)\nADD_SUBDIRECTORY(test)\nADD_SUBDIRECTORY(reformatter)\nADD_SUBDIRECTORY(verify)\n',
      'test/CMakeLists.txt': 'FOREACH(t ${TESTS})\nADD_EXECUTABLE(${t} x.c)\nENDFOREACH()\n',
      'reformatter/CMakeLists.txt': 'ADD_EXECUTABLE(json_reformat ${SRCS})\n',
      'verify/CMakeLists.txt': 'ADD_EXECUTABLE(json_verify ${SRCS})\n',
    });
    expect(meant('cmake', 'JsonParser').ambiguous).toEqual(['json_reformat', 'json_verify']);
  });

  it('takes the one that bears the name, the only one, and the only one that is installed', () => {
    tree({ 'CMakeLists.txt': 'add_executable(zstd a.c)\nadd_executable(datagen b.c)\n' });
    expect(meant('cmake', 'libzstd')).toMatchObject({ certain: 'zstd', ambiguous: [] });
    tree({ 'CMakeLists.txt': 'add_executable(tool a.c)\nadd_executable(tool_test b.c)\n' });
    expect(meant('cmake', 'package')).toMatchObject({ certain: 'tool', ambiguous: [] });
    tree({ 'meson.build': "executable('gen', 'g.c')\nexecutable('tool', 't.c', install: true)\n" });
    expect(meant('meson', 'package')).toEqual({
      preferred: ['package', 'tool'],
      certain: 'tool',
      ambiguous: [],
      choices: ['tool', 'gen'],
    });
    tree({
      'Makefile.am': 'SUBDIRS = src\n',
      'src/Makefile.am': 'bin_PROGRAMS = one two\nnoinst_PROGRAMS = three\n',
    });
    expect(meant('autotools', 'package').ambiguous).toEqual(['one', 'two']);
    expect(meant('autotools', 'two')).toMatchObject({ certain: 'two', ambiguous: [] });
  });

  it('leaves open what the build decides', () => {
    for (const text of [
      'if(A)\nadd_executable(a a.c)\nendif()\nadd_executable(b b.c)\n',
      'add_executable(a a.c)\nadd_executable(b b.c)\nadd_executable(${X} c.c)\n',
      'add_executable(a a.c)\nadd_executable(b b.c)\nadd_subdirectory(gone)\n',
      'add_executable(a a.c)\nadd_executable(b b.c)\nif(C)\nadd_executable(app c.c)\nendif()\n',
      'add_executable(a a.c)\nadd_executable(b b.c)\nadd_subdirectory(../elsewhere)\n',
    ]) {
      tree({ 'CMakeLists.txt': text });
      expect(meant('cmake', 'app')).toMatchObject({ certain: null, ambiguous: [] });
    }
    expect(meant('make', 'app')).toMatchObject({ preferred: ['app'], certain: null, ambiguous: [] });
  });

  it('reads files that include each other once, and long unclosed ones', () => {
    tree({
      'CMakeLists.txt': 'include(a.cmake)\n',
      'a.cmake': 'include(CMakeLists.txt)\nadd_executable(x x.c)\n',
    });
    expect(declaredPrograms(root, 'cmake', null)?.programs).toHaveLength(1);
    const size = 1024 * 1024;
    for (const part of [
      "'\\'",
      '"\\"',
      'add_executable(',
      "executable('a',",
      '#[=[',
      "'''",
      'a_PROGRAMS=',
      '\\\n',
      'if ',
    ])
      for (const read of [readCmakeFile, readMesonFile, readAutomakeFile])
        expect(() => read(part.repeat(size / part.length), 'x')).not.toThrow();
  });
});

describe('namesOfProject', () => {
  it.each([
    ['libzstd', ['libzstd', 'zstd']],
    ['bird2', ['bird2', 'bird']],
    ['lua5.4', ['lua5.4', 'lua']],
    ['lib', ['lib']],
    ['7', ['7']],
  ])('%s', (name, expected) => {
    expect(namesOfProject(name)).toEqual(expected);
  });
});
