import { describe, expect, it } from 'vitest';
import { DEBIAN_RUST, GCC, machine, MUSL_GCC, tool } from '../../../test/golden/fake-tools.ts';
import type { Command } from '../../core/command.ts';
import { type BuildSettings, NO_SETTINGS } from '../../project/index.ts';
import type { CProject, GoProject, RustProject, SourceProject } from '../../project/project.ts';
import { planRung } from '../languages.ts';
import type { CompilePlan, PlanOptions } from '../plan.ts';

const C: CProject = {
  kind: 'c',
  name: 'app',
  version: null,
  license: null,
  directory: '/src',
  language: 'c',
  buildSystem: 'single',
  source: '/src/app.c',
  configure: null,
  choosesOptimisation: false,
  binary: null,
  otherPrograms: [],
  preferred: [],
};
const tree = (buildSystem: CProject['buildSystem']): CProject => ({ ...C, buildSystem, source: null });
const HANDWRITTEN: CProject = {
  ...tree('autotools'),
  configure: { generated: true, stale: false, byAutoconf: false, usesLibtool: false, knowsMusl: true },
};
const GO: GoProject = {
  kind: 'go',
  name: 'app',
  version: null,
  license: null,
  directory: '/src',
  package: '.',
  module: 'example.org/app',
  binary: 'app',
  otherPrograms: [],
  usesCgo: false,
  cgoPackages: [],
  goFlags: [],
  cgoLoss: null,
  cgoReplaced: [],
  wantedGo: { minimum: null, toolchain: null },
};
const RUST: RustProject = {
  kind: 'rust',
  name: 'app',
  version: null,
  license: null,
  directory: '/src/app',
  package: 'app',
  binary: 'app',
  otherPrograms: [],
  packageDirectory: '/src/app',
  features: ['cli'],
  workspaceRoot: '/src',
  rustVersion: null,
  hasLockFile: true,
  wanted: null,
  systemCrates: [],
  profile: { lto: false, panicAbort: false },
  settings: {
    targetDirectory: '/src/target',
    cargoHome: null,
    environmentRustflags: null,
    buildRustflags: [],
    compilerVariables: [],
  },
};

const FAKE = machine({
  compilers: [GCC, { ...GCC, path: '/usr/bin/g++' }, MUSL_GCC],
  toolchains: [DEBIAN_RUST],
  go: true,
});
const TOOLS = {
  ...FAKE,
  c: { ...FAKE.c, cxxCompilers: [{ ...GCC, path: '/usr/bin/g++' }] },
  build: {
    ...FAKE.build,
    make: tool('/usr/bin/make'),
    cmake: tool('/usr/bin/cmake'),
    meson: tool('/usr/bin/meson'),
    ninja: tool('/usr/bin/ninja'),
  },
};

function planned(
  project: SourceProject,
  settings: Partial<BuildSettings>,
  options: Partial<PlanOptions> = {},
  rung: 'closure' | 'static-musl' | 'static-go' = 'closure',
): CompilePlan {
  const outcome = planRung(project, rung, TOOLS, {
    profile: 'default',
    experimental: false,
    workDirectory: '/work',
    platform: { os: 'linux', architecture: 'amd64' },
    hostArchitecture: 'amd64',
    jobs: 2,
    settings: { ...NO_SETTINGS, ...settings },
    ...options,
  });
  if (outcome.kind === 'unavailable') throw new Error(outcome.reason);
  return outcome.plan;
}

function words(plan: CompilePlan, command = 0): readonly string[] {
  return plan.commands[command]?.args ?? [];
}

/** The last words of the generated compiler's two calls: without a link, and with one. */
function wrapper(plan: CompilePlan): string {
  const file = plan.files.find(({ path }) => path === '/work/bin/cc');
  return file?.content.kind === 'text' ? file.content.text : '';
}

const OF_C = {
  c: {
    link: ['z'],
    cflags: ['-DX="a b"'],
    ldflags: ['-L/opt/lib'],
    includes: ['include', '/opt/include'],
    std: 'c17',
  },
} as const;

describe('settings of C', () => {
  it('are the last words for a single file, libraries behind it', () => {
    const args = words(planned(C, { ...OF_C, words: ['-DY', 'more.o'] }));
    expect(args.slice(args.indexOf('-std=c17'))).toEqual([
      '-std=c17', '-I/src/include', '-I/opt/include', '-DX="a b"', '-o', '/work/build/app', 'app.c', '-DY', 'more.o',
      '-L/opt/lib', '-lz', '-Wl,--gc-sections', '-Wl,--build-id=none', '-lm', '-pthread',
    ]); // prettier-ignore
  });

  it.each(['make', 'cmake', 'meson', 'autotools'] as const)(
    'stand in the compiler that %s is given',
    (system) => {
      const text = wrapper(planned(tree(system), OF_C));
      const sources = system === 'make' || system === 'autotools' ? '/work/src' : '/src';
      const compile = `-std=c17 -I${sources}/include -I/opt/include '-DX="a b"'`;
      expect(text).toContain(`"$@" ${compile}; fi`);
      expect(text).toContain(`"$@" ${compile} -L/opt/lib -lz `);
    },
  );

  it('keep a standard of C away from C++', () => {
    const plan = planned({ ...tree('make'), language: 'c++' }, OF_C);
    const cxx = plan.files.find(({ path }) => path === '/work/bin/c++');
    expect(cxx?.content.kind === 'text' && cxx.content.text).not.toContain('-std');
  });
});

describe('words of a build system', () => {
  it('make: variables, targets, -f and -C behind its own', () => {
    const plan = planned(tree('make'), { make: ['-f', 'unix/Makefile', 'generic'], words: ['V=1'] });
    expect(words(plan)).toEqual(['-j2', 'CC=cc', 'CXX=c++', '-f', 'unix/Makefile', 'generic', 'V=1']);
  });

  it('configure and make, each its own; the words after -- are for configure', () => {
    const plan = planned(tree('autotools'), {
      configure: ['--disable-x'],
      make: ['V=1'],
      words: ['--prefix=/usr'],
    });
    expect(words(plan).slice(-2)).toEqual(['--disable-x', '--prefix=/usr']);
    expect(words(plan, 1).at(-1)).toBe('V=1');
    expect(words(planned(HANDWRITTEN, { configure: ['--with-x'] }))).toEqual(['--with-x']);
  });

  it('cmake, whose -S is a folder below the project', () => {
    const args = words(planned(tree('cmake'), { cmake: ['-DX=1', '-S', 'core'], words: ['-DX=2'] }));
    expect(args.slice(0, 2)).toEqual(['-S', '/src/core']);
    expect(args.slice(-2)).toEqual(['-DX=1', '-DX=2']);
    expect(args.filter((word) => word === '-S')).toHaveLength(1);
  });

  it('meson, before the folders', () => {
    const args = words(planned(tree('meson'), { meson: ['-Dx=disabled'], words: ['--prefix', '/usr'] }));
    expect(args.slice(-5)).toEqual(['-Dx=disabled', '--prefix', '/usr', '/work/build', '/src']);
  });

  it('cargo: features joined with those of the binary, no switch twice', () => {
    const args = words(
      planned(RUST, {
        cargo: { features: ['tls', 'cli'], defaultFeatures: false },
        words: ['--locked', '--release', '-q'],
      }),
    );
    expect(args).toContain('cli,tls');
    expect(args.filter((word) => word === '--locked')).toHaveLength(1);
    expect(args.filter((word) => word === '--release')).toHaveLength(1);
    expect(args.slice(-2)).toEqual(['--locked', '-q']);
    expect(args).toContain('--no-default-features');
  });

  it("go: tags and ldflags joined with morsel's and GOFLAGS's, as the last of each wins", () => {
    const project = { ...GO, goFlags: ['-tags=own', '-ldflags=-X main.a=1'] };
    const go = { tags: ['sqlite'], ldflags: ['-X', 'main.b=2'] };
    const args = words(
      planned(project, { go, words: ['-ldflags', '-X main.c=3', '-race', '--tags=x,y'] }, {}, 'static-go'),
    );
    expect(args).toContain('-tags=own,sqlite,x,y');
    expect(args).toContain('-ldflags=-X main.a=1 -s -w -buildid= -X main.b=2 -X main.c=3');
    expect(args.slice(-4)).toEqual(['-race', '-o', '/work/program/app', '.']);
  });

  it('go: leaves the tags of GOFLAGS to it where nothing is added', () => {
    expect(words(planned({ ...GO, goFlags: ['-tags=own'] }, {}, {}, 'static-go')).join(' ')).not.toContain(
      '-tags',
    );
  });
});

describe('flags of the environment', () => {
  const environment = {
    CFLAGS: "-O3 '-DN=a b'",
    CXXFLAGS: '-O1',
    LDFLAGS: '-Wl,-z,now',
    LDLIBS: '-lz',
    LIBS: ' ',
    CC: 'x',
  };

  it('are words for a single file', () => {
    const args = words(planned(C, {}, { environment }));
    expect(args.slice(args.indexOf('-O3'))).toEqual([
      '-O3', '-DN=a b', '-o', '/work/build/app', 'app.c', '-Wl,-z,now', '-lz', '-Wl,--gc-sections', '-Wl,--build-id=none', '-lm', '-pthread',
    ]); // prettier-ignore
  });

  it.each(['make', 'cmake', 'meson', 'autotools'] as const)(
    'are in the environment of %s, and of the plan',
    (system) => {
      for (const { env } of planned(tree(system), {}, { environment }).commands) {
        expect(env).toMatchObject({
          CFLAGS: environment.CFLAGS,
          CXXFLAGS: '-O1',
          LDFLAGS: '-Wl,-z,now',
          LDLIBS: '-lz',
        });
        expect(env?.['LIBS']).toBeUndefined();
        expect(env?.['CC']).not.toBe('x');
      }
    },
  );
});

describe('packages of headers alone', () => {
  const headerPackages = [{ name: 'x-dev', headers: ['x'], cmake: ['x'], modules: ['x.pc'] }];
  const tools = { ...TOOLS, c: { ...TOOLS.c, headerPackages } };
  const files = (rung: 'closure' | 'static-musl', project: CProject): readonly unknown[] => {
    const outcome = planRung(project, rung, tools, {
      profile: 'default',
      experimental: false,
      workDirectory: '/work',
      platform: { os: 'linux', architecture: 'amd64' },
      hostArchitecture: 'amd64',
    });
    if (outcome.kind === 'unavailable') throw new Error(outcome.reason);
    const [command] = outcome.plan.commands;
    const text = JSON.stringify([outcome.plan.files, command?.args]);
    expect(text.includes('-idirafter')).toBe(rung === 'static-musl');
    expect(command?.env?.['PKG_CONFIG_LIBDIR']?.endsWith(':/work/sysroot/share/pkgconfig')).toBe(
      rung === 'static-musl' ? true : undefined,
    );
    return outcome.plan.files.filter(({ path }) => /sysroot\/(include|share)/.test(path));
  };

  it.each(['single', 'make', 'cmake', 'meson'] as const)(
    'are shown to %s for musl, and to no other',
    (system) => {
      const project: CProject = {
        ...C,
        buildSystem: system,
        source: system === 'single' ? '/src/app.c' : null,
      };
      expect(files('static-musl', project)).toEqual([
        { path: '/work/sysroot/include/x', content: { kind: 'symlink', target: '/usr/include/x' } },
        { path: '/work/sysroot/share/cmake/x', content: { kind: 'symlink', target: '/usr/share/cmake/x' } },
        {
          path: '/work/sysroot/share/pkgconfig/x.pc',
          content: { kind: 'symlink', target: '/usr/share/pkgconfig/x.pc' },
        },
      ]);
      expect(files('closure', project)).toEqual([]);
    },
  );
});

describe('prepare', () => {
  const prepare = [['./autogen.sh'], ['make', 'defconfig']];
  const line = ({ program, args, cwd }: Command): string => [cwd, program, ...args].join(' ');

  it.each([
    [C, '/src', '/work/src'],
    [tree('make'), '/src', '/work/src'],
    [tree('cmake'), '/src', '/work/src'],
    [tree('meson'), '/src', '/work/src'],
    [tree('autotools'), '/src', '/work/src'],
    [GO, '/src', '/work/src'],
    [RUST, '/src', '/work/src/app'],
  ] as const)('runs in a copy, and so does what follows: $buildSystem$kind', (project, from, cwd) => {
    const plan = planned(project, {}, { prepare });
    expect(plan.copySources).toMatchObject({ from, to: '/work/src' });
    expect(plan.cleanDirectories).toContain('/work/src');
    expect(plan.prepare.map(line)).toEqual([`${cwd} ./autogen.sh`, `${cwd} make defconfig`]);
    const text = JSON.stringify(plan.commands);
    expect(text).not.toMatch(/"cwd":"\/src|"-S","\/src|build","\/src"/);
    expect(text).toContain('/work/src');
  });

  it('makes no copy where there is nothing to prepare', () => {
    for (const project of [C, tree('cmake'), tree('meson'), GO, RUST])
      expect(planned(project, {}, { prepare: [] })).toMatchObject({ copySources: null, prepare: [] });
  });
});

describe('refuses', () => {
  it.each<[SourceProject, Partial<BuildSettings>, RegExp]>([
    [tree('make'), { cmake: ['-DX=1'] }, /`cmake` is set, and app is built by make/],
    [tree('cmake'), { make: ['V=1'] }, /`make` is set, and app is built by CMake/],
    [tree('meson'), { configure: ['--x'] }, /`configure` is set/],
    [C, { go: { tags: ['x'], ldflags: [] } }, /`go` is set, and app is built by the compiler alone/],
    [GO, OF_C, /`c` is set, and app is built by the go command/],
    [RUST, { make: ['V=1'] }, /`make` is set, and app is built by cargo/],
    [tree('make'), { cargo: { features: [], defaultFeatures: false } }, /`cargo` is set/],
    [C, { c: { ...NO_SETTINGS.c, std: 'c++20' } }, /c\+\+20` is a standard of C\+\+/],
  ])('settings of another build system: %#', (project, settings, message) => {
    expect(() => planned(project, settings)).toThrow(message);
    expect(() => planned(project, settings)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it.each<[SourceProject, readonly string[]]>([
    [C, ['-o', 'x']],
    [C, ['-ox']],
    [C, ['-c']],
    [C, ['-E']],
    [tree('make'), ['-n']],
    [tree('make'), ['-C', '..']],
    [tree('make'), ['-C/tmp']],
    [tree('make'), ['--directory=../x']],
    [tree('cmake'), ['-B', 'x']],
    [tree('cmake'), ['-Bx']],
    [tree('cmake'), ['-S', '/x']],
    [tree('cmake'), ['-DCMAKE_TOOLCHAIN_FILE=x']],
    [tree('cmake'), ['-D', 'CMAKE_C_COMPILER:FILEPATH=/usr/bin/gcc']],
    [tree('cmake'), ['-DCMAKE_RUNTIME_OUTPUT_DIRECTORY=/tmp']],
    [tree('meson'), ['--version']],
    [tree('meson'), ['--backend=vs']],
    [tree('autotools'), ['--help']],
    [tree('autotools'), ['--srcdir=x']],
    [RUST, ['--target', 'x']],
    [RUST, ['--target-dir=x']],
    [RUST, ['--profile', 'dev']],
    [RUST, ['-p', 'x']],
    [RUST, ['--bins']],
    [GO, ['-o', 'x']],
    [GO, ['-o=x']],
    [GO, ['-C', 'x']],
    [GO, ['-n']],
    [GO, ['-buildmode=c-shared']],
  ])('words by which the program would be lost: %#', (project, typed) => {
    expect(() => planned(project, { words: typed })).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it.each<[SourceProject, readonly string[]]>([
    [C, ['-fopenmp', '-pthread', '-Wno-x']],
    [tree('make'), ['-C', 'src', '-f', 'x.mk', 'TARGET=linux-glibc', '-k']],
    [
      tree('cmake'),
      ['-DCMAKE_BUILD_TYPE=Debug', '-S', 'src', '-G', 'Ninja', '-DCMAKE_C_COMPILER_LAUNCHER=x'],
    ],
    [tree('meson'), ['-Db_lto=true', '--prefix=/usr', '--backend=ninja']],
    [tree('autotools'), ['--prefix=/usr', '--enable-n', '--with-version=1']],
    [RUST, ['--features', 'x', '--config', 'net.retry=1', '-Zx']],
    [GO, ['-overlay=o.json', '-mod=vendor', '-cover', '-buildmode=exe', '-nx']],
  ])('nothing else: %#', (project, typed) => {
    expect(() => planned(project, { words: typed })).not.toThrow();
  });

  it('the same words in the fields of the settings', () => {
    expect(() => planned(tree('autotools'), { make: ['-n'] })).toThrow(/-n cannot be given to make: /);
    expect(() => planned(tree('cmake'), { cmake: ['-Bx'] })).toThrow(/-Bx cannot be given to CMake/);
    expect(() => planned(tree('make'), { c: { ...NO_SETTINGS.c, ldflags: ['-o', 'x'] } })).toThrow(
      /-o cannot/,
    );
  });
});
