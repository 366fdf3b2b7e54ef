import type { CompilePlan } from '../plan.ts';
import { prepareCommands } from '../settings/prepare-commands.ts';
import { buildEnvironment, type CBuild, compilerNames, planOf, searched, wrapperFiles } from './c-build.ts';

/**
 * The user's own commands (`build`), in a copy of the sources. They find the rung's compilers in CC and CXX, as scripts
 * by hand have it, and under the usual names in PATH; words after `--` go to the last of them.
 */
export function planCommands(build: CBuild): CompilePlan {
  const { project, toolchain, sources, settings, options } = build;
  const names = compilerNames(build);
  const env = { ...buildEnvironment(build), CC: names.c[0], CXX: names.cxx[0] };
  const typed = options.build ?? [];
  const commands = typed.map((words, index) =>
    index === typed.length - 1 ? [...words, ...settings.words] : words,
  );
  return planOf(build, {
    commands: prepareCommands(commands, sources, env).map((command) => ({
      ...command,
      purpose: `build ${project.name} by ${command.program} with ${toolchain.label}`,
    })),
    files: wrapperFiles(build),
    cleanDirectories: [],
    artifact: searched(build, sources),
  });
}
