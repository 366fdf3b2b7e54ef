import { hostArchitecture } from '../../core/machines.ts';
import type { Command } from '../../core/command.ts';
import type { CompilePlan } from '../plan.ts';
import {
  buildEnvironment,
  type CBuild,
  compilerNames,
  isCross,
  planOf,
  searched,
  wrapperFiles,
} from './c-build.ts';
import { tripleFor } from './c-toolchain.ts';
import { jobsOf } from './plan-make.ts';

/**
 * configure and make, in a copy of the sources (many packages cannot be built from another folder). `-static` is in
 * the compiler itself: libtool takes it out of LDFLAGS, where it means something else.
 */
export function planAutotools(build: CBuild): CompilePlan {
  const { project, toolchain, sources: cwd, settings, options, tools } = build;
  const names = compilerNames(build);
  const env = buildEnvironment(build);
  const regenerates = needsAutoreconf(build);
  const autoreconf: Command = {
    program: tools.build.autoreconf?.path ?? 'autoreconf',
    args: ['--force', '--install'],
    cwd,
    env,
    purpose: `generate configure of ${project.name}`,
  };
  const configure: Command = {
    program: './configure',
    args: [...configureArguments(build), ...settings.configure, ...settings.words],
    cwd,
    env: { ...env, CC: names.c[0], CXX: names.cxx[0] },
    purpose: `configure ${project.name} for ${toolchain.label}`,
  };
  const make: Command = {
    program: tools.build.make?.path ?? 'make',
    args: [`-j${jobsOf(options.jobs)}`, ...withoutRegeneration(regenerates), ...settings.make],
    cwd,
    env,
    purpose: `make ${project.name} with ${toolchain.label}`,
  };
  return planOf(build, {
    commands: regenerates ? [autoreconf, configure, make] : [configure, make],
    files: wrapperFiles(build),
    cleanDirectories: [],
    configuration: { kind: 'autotools', directory: cwd },
    artifact: searched(build, cwd),
  });
}

function needsAutoreconf({ project, tools }: CBuild): boolean {
  const { configure } = project;
  if (configure === null) return false;
  return !configure.generated || (configure.stale && tools.build.autoreconf !== null);
}

/**
 * Variables for make. A copy or a checkout can look as if configure.ac were newer than configure: a released tree must
 * not ask for the very automake that made it. No image holds info pages, and a patched manual would ask for texinfo.
 */
function withoutRegeneration(isFresh: boolean): readonly string[] {
  const tools = isFresh ? [] : ['ACLOCAL', 'AUTOCONF', 'AUTOHEADER', 'AUTOMAKE'];
  return [...tools, 'MAKEINFO'].map((name) => `${name}=true`);
}

/** Options that every autoconf script accepts; a hand-written script is given none. */
function configureArguments(build: CBuild): readonly string[] {
  const { project, toolchain, options } = build;
  if (project.configure?.byAutoconf === false) return [];
  const common = [
    ...(project.configure?.usesLibtool === true ? ['--disable-shared', '--enable-static'] : []),
    '--disable-dependency-tracking',
  ];
  const host = tripleFor(options.hostArchitecture ?? hostArchitecture(), 'glibc');
  if (isCross(build)) return [...common, `--build=${host}`, `--host=${toolchain.triple}`];
  // Both, and equal: a musl program runs on this machine, so configure may test by running; `--host` alone would
  // make it guess, as if for another machine.
  const isMusl = toolchain.libc === 'musl' && (project.configure?.knowsMusl ?? true);
  return isMusl ? [...common, `--build=${toolchain.triple}`, `--host=${toolchain.triple}`] : common;
}
