import { basename, dirname, join } from 'node:path';
import {
  cFlags,
  compilerWrapper,
  forwardingWrapper,
  type PlannedFile,
  refusingWrapper,
} from '../../toolchain/index.ts';
import { isCross, type LibraryBuild } from './library-build.ts';

/** clang takes for an error what C had no word against when these libraries were written. */
const OLD_C = [
  '-Wno-error=implicit-function-declaration',
  '-Wno-error=implicit-int',
  '-Wno-error=int-conversion',
  '-Wno-error=incompatible-function-pointer-types',
];

/**
 * The compilers of a library under the names of its target: they find what the library needs and link all of it behind
 * what a line names, so that no build system has to be told. Pure.
 */
export function libraryCompilers(build: LibraryBuild): readonly PlannedFile[] {
  const { toolchain, folders } = build;
  const { c, tools } = toolchain;
  const script = (name: string, text: string): PlannedFile => ({
    path: join(folders.bin, name),
    content: { kind: 'text', text, mode: 0o755 },
  });
  const pkgConfig = tools.build.pkgConfig;
  return [
    script(`${c.triple}-gcc`, wrapper(build, c.cc, 'c')),
    script(
      `${c.triple}-g++`,
      c.cxx === null
        ? refusingWrapper(`${c.label} has no C++ compiler beside it`)
        : wrapper(build, c.cxx, 'c++'),
    ),
    script(
      'build-cc',
      forwardingWrapper(isCross(build) ? build.buildCc : [join(folders.bin, `${c.triple}-gcc`)]),
    ),
    ...['ar', 'ranlib', 'nm'].map((name) =>
      script(`${c.triple}-${name}`, forwardingWrapper(archiver(build, name))),
    ),
    ...(pkgConfig === null
      ? []
      : [script('pkg-config', forwardingWrapper([pkgConfig.path, ...pkgConfig.argvPrefix, '--static']))]),
    ...(c.isWrapper
      ? Object.entries(tools.c.kernelHeaders).map(([name, target]): PlannedFile => {
          return { path: join(folders.kernelHeaders, name), content: { kind: 'symlink', target } };
        })
      : []),
  ];
}

function wrapper(build: LibraryBuild, compiler: readonly string[], language: 'c' | 'c++'): string {
  const { toolchain, folders, row, needs } = build;
  const { c, tools } = toolchain;
  const flags = cFlags(c, {
    language,
    profile: 'default',
    pathMap: [
      [folders.sources, '.'],
      [folders.build, 'build'],
      [folders.sysroot, ''],
      [folders.kernelHeaders, '/usr/include'],
    ],
    kernelHeaders: Object.keys(tools.c.kernelHeaders).length > 0 ? folders.kernelHeaders : null,
    wholeProgram: false,
  });
  const include = join(folders.sysroot, 'usr/include');
  const libraries =
    needs.length === 0
      ? []
      : [
          `-L${join(folders.sysroot, 'usr/lib')}`,
          '-Wl,--start-group',
          ...needs.map((name) => `-l${name}`),
          '-Wl,--end-group',
        ];
  return compilerWrapper(
    compiler,
    {
      ...flags,
      before: [
        ...flags.before,
        ...(row.recipe.flags ?? []),
        ...(needs.length === 0 ? [] : ['-isystem', include]),
      ],
      after: ['-g0', ...(c.family === 'gcc' ? [] : OLD_C), ...flags.after],
      link: [...flags.link, ...libraries],
    },
    { leftOut: join(folders.temporary, 'left-out'), record: null },
  );
}

/** zig brings llvm's; a cross gcc has its own beside it; for all others the system's. */
function archiver({ toolchain }: LibraryBuild, name: string): readonly string[] {
  const { archiver: own, cc, family } = toolchain.c;
  if (own !== null) return name === 'nm' ? ['nm'] : [...own, name];
  const compiler = cc[0] ?? '';
  const prefix = family === 'gcc' ? /^(.+-linux-[a-z0-9]+-)gcc/.exec(basename(compiler))?.[1] : undefined;
  return prefix === undefined ? [name] : [join(dirname(compiler), `${prefix}${name}`)];
}
