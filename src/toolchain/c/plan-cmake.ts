import { join, resolve } from 'node:path';
import type { CompilePlan, PlannedFile } from '../plan.ts';
import {
  buildEnvironment,
  type CBuild,
  compilerNames,
  isCross,
  librariesOf,
  planOf,
  searched,
  sysrootFiles,
  wrapperFiles,
} from './c-build.ts';
import { processorOf } from './c-toolchain.ts';
import { jobsOf } from './plan-make.ts';

/** CMake, out of the source tree, with a generated toolchain file. */
export function planCmake(build: CBuild): CompilePlan {
  const { project, toolchain, layout, options, tools } = build;
  const program = tools.build.cmake?.path ?? 'cmake';
  const inBuild = { program, cwd: layout.build, env: buildEnvironment(build) };
  const toolchainFile = join(layout.work, 'toolchain.cmake');
  const afterProject = join(layout.work, 'after-project.cmake');
  return planOf(build, {
    commands: [
      {
        ...inBuild,
        args: configureArguments(build, toolchainFile, afterProject),
        purpose: `configure ${project.name} for ${toolchain.label}`,
      },
      {
        ...inBuild,
        args: ['--build', layout.build, '--parallel', String(jobsOf(options.jobs))],
        purpose: `build ${project.name} with ${toolchain.label}`,
      },
    ],
    files: [
      ...wrapperFiles(build),
      textFile(toolchainFile, toolchainText(build)),
      ...(toolchain.isStatic ? [textFile(afterProject, AFTER_PROJECT)] : []),
      ...(isMuslStatic(build) ? sysrootFiles(build) : []),
    ],
    cleanDirectories: [layout.build],
    configuration: { kind: 'cmake', directory: layout.build },
    artifact: searched(build, layout.build),
  });
}

function configureArguments(
  { project, toolchain, layout, options, tools, settings, sources }: CBuild,
  toolchainFile: string,
  afterProject: string,
): readonly string[] {
  const { folder, words } = topFolder([...settings.cmake, ...settings.words]);
  return [
    '-S',
    folder === null ? sources : resolve(sources, folder),
    '-B',
    layout.build,
    ...(tools.build.ninja === null || (project.writesForMake === true && tools.build.make !== null)
      ? []
      : ['-G', 'Ninja']),
    `-DCMAKE_TOOLCHAIN_FILE=${toolchainFile}`,
    ...(project.choosesOptimisation ? [] : [`-DCMAKE_BUILD_TYPE=${buildType(options.profile)}`]),
    '-DBUILD_SHARED_LIBS=OFF',
    '-DBUILD_TESTING=OFF',
    ...(toolchain.isStatic ? [`-DCMAKE_PROJECT_INCLUDE=${afterProject}`] : []),
    '-Wno-dev',
    ...words,
  ];
}

/** The last `-S FOLDER` of the user's words, from the sources on, and the rest. */
function topFolder(all: readonly string[]): {
  readonly folder: string | null;
  readonly words: readonly string[];
} {
  let folder: string | null = null;
  const words: string[] = [];
  for (let at = 0; at < all.length; at++) {
    const word = all[at] ?? '';
    if (!word.startsWith('-S')) words.push(word);
    else folder = word === '-S' ? (all[++at] ?? '') : word.slice(2);
  }
  return { folder, words };
}

function buildType(profile: 'default' | 'smallest' | 'debug'): string {
  return { default: 'Release', smallest: 'MinSizeRel', debug: 'RelWithDebInfo' }[profile];
}

function textFile(path: string, text: string): PlannedFile {
  return { path, content: { kind: 'text', text, mode: 0o644 } };
}

/** Read after each project(): CMake's platform files, read inside of it, set the suffixes themselves. */
const AFTER_PROJECT = `# Written by morsel: a static program is linked with static libraries.
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
set(OPENSSL_USE_STATIC_LIBS ON)
set(ZLIB_USE_STATIC_LIBS ON)
set(Boost_USE_STATIC_LIBS ON)
set(Protobuf_USE_STATIC_LIBS ON)
`;

function isMuslStatic({ toolchain }: CBuild): boolean {
  return toolchain.libc === 'musl' && toolchain.isStatic;
}

/**
 * CMAKE_SYSTEM_NAME is set for another architecture only: with it CMake believes that programs cannot be run here,
 * and projects that test by running (try_run) stop.
 */
function toolchainText(build: CBuild): string {
  const { project, toolchain, layout, sources } = build;
  const names = compilerNames(build);
  const cross = isCross(build)
    ? ['set(CMAKE_SYSTEM_NAME Linux)', `set(CMAKE_SYSTEM_PROCESSOR ${processorOf(toolchain)})`]
    : [];
  const archiver =
    toolchain.archiver === null
      ? []
      : [
          `set(CMAKE_AR ${quoted(join(layout.bin, 'ar'))} CACHE FILEPATH "")`,
          `set(CMAKE_RANLIB ${quoted(join(layout.bin, 'ranlib'))} CACHE FILEPATH "")`,
        ];
  const libraries = librariesOf(build)?.path;
  const roots = [...(libraries === undefined ? [] : [libraries]), layout.sysroot, sources, layout.build]
    .map(quoted)
    .join(' ');
  const find = isMuslStatic(build)
    ? [
        `set(CMAKE_FIND_ROOT_PATH ${roots})`,
        ...['LIBRARY', 'INCLUDE', 'PACKAGE'].map((kind) => `set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)`),
      ]
    : [];
  return [
    '# Written by morsel. Changes here are lost.',
    ...cross,
    `set(CMAKE_C_COMPILER ${quoted(join(layout.bin, names.c[0]))})`,
    `set(CMAKE_CXX_COMPILER ${quoted(join(layout.bin, names.cxx[0]))})`,
    // project() without languages asks for C++ as well, mostly for nothing: let it be found missing when it is used, and
    // zig not build its libc++ for a test program.
    ...(toolchain.cxx === null || (toolchain.family === 'zig' && project.language === 'c')
      ? ['set(CMAKE_CXX_COMPILER_FORCED TRUE)']
      : []),
    ...archiver,
    ...(toolchain.isStatic
      ? ['set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")', 'set(CMAKE_POSITION_INDEPENDENT_CODE OFF)']
      : []),
    ...find,
    '',
  ].join('\n');
}

/** A CMake quoted argument. */
function quoted(path: string): string {
  return `"${path.replaceAll(/["\\$]/g, '\\$&')}"`;
}
