import { basename, extname, join, relative } from 'node:path';
import type { Command } from '../../core/command.ts';
import { isBelow } from '../../core/is-below.ts';
import type { CSource } from '../../project/project.ts';
import type { CompilePlan } from '../plan.ts';
import { splitFlags } from '../settings/split-flags.ts';
import { headerPackageFiles } from './header-packages.ts';
import { wholeGroup } from './library-flags.ts';
import { userFlags } from './user-flags.ts';
import {
  buildEnvironment,
  type CBuild,
  flagsFor,
  isCross,
  kernelHeaderFiles,
  librariesOf,
  planOf,
} from './c-build.ts';

type Language = CSource['language'];

/**
 * One source file, or several: the compiler is called once, in the folder of the first, so that `__FILE__` is a bare
 * name. C beside C++ is compiled file by file, as one driver would take both for its own language.
 */
export function planSingle(build: CBuild): CompilePlan {
  const { project, layout } = build;
  const sources = sourcesOf(build);
  const name = basename(project.source ?? '');
  const output = join(layout.build, basename(name, extname(name)));
  const isMixed = new Set(sources.map(({ language }) => language)).size > 1;
  return planOf(build, {
    commands: isMixed ? separately(build, sources, output) : [atOnce(build, sources, output)],
    files: [...kernelHeaderFiles(build), ...headerPackageFiles(build)],
    notes: libraryNotes(build),
    cleanDirectories: [layout.build],
    artifact: { kind: 'file', path: output, others: [] },
    call: {
      kind: 'call',
      cwd: project.directory,
      // A driver of C takes both by their names.
      language: isMixed ? 'c' : project.language,
      args: callOf(build, sources),
    },
  });
}

/** By what the compiler is told, from the folder that it works in. */
function sourcesOf({ project }: CBuild): readonly CSource[] {
  const only: CSource = { path: project.source ?? '', language: project.language };
  return (project.sources ?? [only]).map(({ path, language }) => ({
    path: sourceArgument(isBelow(path, project.directory) ? relative(project.directory, path) : path),
    language,
  }));
}

/** What this machine's own compiler is asked about. */
function callOf(build: CBuild, sources: readonly CSource[]): readonly string[] {
  const cflags = (build.project.libraries ?? []).flatMap((library) => library.cflags);
  const user = userFlags(build, build.project.language).compile;
  return [...new Set(cflags), ...user, ...sources.map(({ path }) => path)];
}

/** `-x.c` would be a flag, and `@x.c` a file of arguments. */
function sourceArgument(name: string): string {
  return /^[-@]/.test(name) ? `./${name}` : name;
}

function atOnce(build: CBuild, sources: readonly CSource[], output: string): Command {
  const { project } = build;
  const words = wordsFor(build, project.language);
  return command(build, project.language, sources, [
    ...words.compile,
    '-o',
    output,
    ...sources.map(({ path }) => path),
    ...words.link,
  ]);
}

function separately(build: CBuild, sources: readonly CSource[], output: string): readonly Command[] {
  const objects = sources.map((source, index) => ({ source, path: join(build.layout.build, `${index}.o`) }));
  const compiles = objects.map(({ source, path }) => {
    const words = wordsFor(build, source.language);
    return command(build, source.language, [source], [...words.compile, '-c', '-o', path, source.path]);
  });
  const { link, plain } = wordsFor(build, 'c++');
  const linking = [...plain, '-o', output, ...objects.map(({ path }) => path), ...link];
  return [...compiles, { ...command(build, 'c++', [], linking), purpose: `link ${basename(output)}` }];
}

interface CompilerWords {
  readonly plain: readonly string[];
  readonly compile: readonly string[];
  readonly link: readonly string[];
}

/** As make's own rules have them: CPPFLAGS and CFLAGS before the sources, LDFLAGS and LDLIBS behind them. */
function wordsFor(build: CBuild, language: Language): CompilerWords {
  const flags = flagsFor(build, language);
  const { environment = {} } = build.options;
  const fromEnvironment = (...names: readonly string[]): readonly string[] =>
    names.flatMap((name) => splitFlags(environment[name] ?? ''));
  const libraries = includedLibraries(build);
  const plain = [
    ...flags.before,
    ...libraries.cflags,
    ...fromEnvironment('CPPFLAGS', language === 'c' ? 'CFLAGS' : 'CXXFLAGS'),
    ...flags.after,
  ];
  return {
    plain,
    compile: plain,
    link: [
      ...flags.linkFirst,
      ...fromEnvironment('LDFLAGS'),
      ...build.settings.words,
      ...libraries.link,
      ...fromEnvironment('LIBS', 'LDLIBS'),
      ...flags.link,
      '-lm',
      '-pthread',
    ],
  };
}

/** Those that the `#include` lines ask for: of them, what no symbol is wanted of stays out. musl has libraries of its own. */
function includedLibraries(build: CBuild): { cflags: readonly string[]; link: readonly string[] } {
  const { project, toolchain } = build;
  const built = librariesOf(build);
  if (built !== null) return { cflags: [], link: wholeGroup(built) };
  const libraries = toolchain.libc === 'musl' || isCross(build) ? [] : (project.libraries ?? []);
  if (libraries.length === 0) return { cflags: [], link: [] };
  const cflags = [...new Set(libraries.flatMap((library) => library.cflags))];
  const link = libraries.flatMap((library) => (toolchain.isStatic ? library.staticLink : library.link));
  if (link.length === 0) return { cflags, link };
  // Some of them (ICU, snappy) are C++ inside; what is not wanted of an archive stays out.
  const cxx = toolchain.isStatic && toolchain.cxx !== null ? ['-lstdc++'] : [];
  const [start, end] = toolchain.isStatic
    ? ['-Wl,--start-group', '-Wl,--end-group']
    : ['-Wl,--push-state,--as-needed', '-Wl,--pop-state'];
  return { cflags, link: [start, ...link, ...cxx, end] };
}

function libraryNotes(build: CBuild): readonly string[] {
  if (librariesOf(build) !== null || includedLibraries(build).link.length === 0) return [];
  return (build.project.libraries ?? []).map(
    ({ header, name }) => `the source includes <${header}>: ${name} is linked where it is used`,
  );
}

function command(
  build: CBuild,
  language: Language,
  sources: readonly CSource[],
  args: readonly string[],
): Command {
  const { toolchain, options, sources: cwd } = build;
  const compiler = language === 'c++' ? (toolchain.cxx ?? toolchain.cc) : toolchain.cc;
  const [program = 'cc', ...words] = compiler;
  const names = sources.map(({ path }) => basename(path)).join(' ');
  const profile = options.profile === 'default' ? '' : ` (${options.profile})`;
  return {
    program,
    args: [...words, ...args],
    cwd,
    env: buildEnvironment(build),
    purpose: `compile ${names} with ${toolchain.label}${profile}`,
  };
}
