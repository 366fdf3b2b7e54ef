import { findProcessFamily } from '../../core/find-process-family.ts';
import { runCommand } from '../../core/run-command.ts';
import type { GoProject } from '../../project/project.ts';
import type { Tools } from '../find/tools.ts';
import type { CompleteProjectOptions } from '../language.ts';

/** Downloads of modules are part of the question. */
const LIST_TIMEOUT_MS = 300_000;

const CGO_PACKAGES = '{{if and (not .Standard) .CgoFiles}}{{.ImportPath}}{{end}}';

/**
 * What only the go command can tell: which packages with C code the programs really link, in modules that detection
 * could not see as they were not downloaded yet. Where the command is not there or fails, the project stays as it is.
 * Error: INTERRUPTED.
 */
export async function completeGoProject(
  project: GoProject,
  tools: Tools,
  options: CompleteProjectOptions,
): Promise<GoProject> {
  const env = options.env ?? process.env;
  const { go } = tools.go;
  if (go === null || env['CGO_ENABLED'] === '0') return project;
  const packages = [project, ...project.otherPrograms].map((program) => program.package);
  const command = {
    program: go.path,
    // -buildvcs=false: git runs what the repository's own configuration names (core.fsmonitor).
    args: [...go.argvPrefix, 'list', '-buildvcs=false', '-deps', '-f', CGO_PACKAGES, ...packages],
    cwd: project.directory,
    // Without a C compiler in PATH the go command would turn cgo off by itself, and list none.
    env: {
      GOOS: 'linux',
      GOARCH: options.architecture,
      CGO_ENABLED: '1',
      ...(options.offline === true ? { GOPROXY: 'off', GOTOOLCHAIN: 'local' } : {}),
    },
    purpose: `ask go which packages of ${packages.join(', ')} have C code`,
  };
  const result = await runCommand(command, {
    env,
    signal: options.signal,
    timeoutMs: LIST_TIMEOUT_MS,
    family: await findProcessFamily(),
  });
  if (result.exitCode !== 0) return project;
  const cgoPackages = result.stdout
    .split('\n')
    .filter((line) => line !== '')
    .toSorted();
  return { ...project, usesCgo: cgoPackages.length > 0, cgoPackages };
}
