import { basename, extname, join } from 'node:path';
import type { CompilePlan } from '../plan.ts';
import { buildEnvironment, type CBuild, flagsFor, kernelHeaderFiles, planOf } from './c-build.ts';

/** One source file: the compiler is called once, in the file's folder, so that `__FILE__` is its bare name. */
export function planSingle(build: CBuild): CompilePlan {
  const { project, toolchain, layout, options } = build;
  const source = basename(project.source ?? '');
  const compiler = project.language === 'c++' ? (toolchain.cxx ?? toolchain.cc) : toolchain.cc;
  const flags = flagsFor(build, project.language);
  const output = join(layout.build, basename(source, extname(source)));
  const [program = 'cc', ...words] = compiler;
  return planOf(build, {
    commands: [
      {
        program,
        args: [
          ...words,
          ...flags.before,
          ...flags.after,
          '-o',
          output,
          sourceArgument(source),
          ...flags.link,
          '-lm',
          '-pthread',
        ],
        cwd: project.directory,
        env: buildEnvironment(build),
        purpose: `compile ${source} with ${toolchain.label}${options.profile === 'default' ? '' : ` (${options.profile})`}`,
      },
    ],
    files: kernelHeaderFiles(build),
    copySources: null,
    cleanDirectories: [layout.build],
    call: {
      kind: 'call',
      cwd: project.directory,
      language: project.language,
      args: [sourceArgument(source)],
    },
    artifact: { kind: 'file', path: output },
  });
}

/** `-x.c` would be a flag, and `@x.c` a file of arguments. */
function sourceArgument(name: string): string {
  return /^[-@]/.test(name) ? `./${name}` : name;
}
