import { availableParallelism } from 'node:os';
import type { CompilePlan } from '../plan.ts';
import { buildEnvironment, type CBuild, compilerNames, planOf, searched, wrapperFiles } from './c-build.ts';

/**
 * A Makefile, in a copy of the sources: CC and CXX are given on the command line, which wins over the Makefile's own
 * `CC = gcc`; its CFLAGS, LDFLAGS and LDLIBS stay its own. Compilers that it calls by name are met by PATH.
 */
export function planMake(build: CBuild): CompilePlan {
  const { project, toolchain, sources, settings, options, tools } = build;
  const names = compilerNames(build);
  return planOf(build, {
    commands: [
      {
        program: tools.build.make?.path ?? 'make',
        args: [
          `-j${jobsOf(options.jobs)}`,
          `CC=${names.c[0]}`,
          `CXX=${names.cxx[0]}`,
          ...settings.make,
          ...settings.words,
        ],
        cwd: sources,
        env: buildEnvironment(build),
        purpose: `make ${project.name} with ${toolchain.label}`,
      },
    ],
    files: wrapperFiles(build),
    cleanDirectories: [],
    artifact: searched(build, sources),
  });
}

export function jobsOf(jobs: number | undefined): number {
  return jobs ?? availableParallelism();
}
