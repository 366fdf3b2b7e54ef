import { runInFamily } from '../../core/find-process-family.ts';
import type { GoProject } from '../../project/project.ts';
import { toolArgv, type Tool } from '../find/tools.ts';
import type { CompleteProjectOptions } from '../language.ts';

/** Downloads of modules are part of the question. */
const LIST_TIMEOUT_MS = 300_000;

/** A program of 5,000 packages has 3 MiB. */
const LIST_LIMIT_BYTES = 64 * 1024 * 1024;

/** A package of a program, as `go list` describes it. */
export interface ListedPackage {
  readonly path: string;
  readonly name: string;
  readonly directory: string;
  /** Without those that have `import "C"`. */
  readonly goFiles: readonly string[];
  readonly cgoFiles: readonly string[];
  readonly imports: readonly string[];
  /** Why it cannot be built, in the go command's words. */
  readonly error: string | null;
}

export type GoListing =
  | { readonly kind: 'packages'; readonly packages: ReadonlyMap<string, ListedPackage> }
  | { readonly kind: 'failed'; readonly stderr: string };

/** The packages that a program links, but for the standard library's, with or without cgo. Error: INTERRUPTED. */
export async function listGoPackages(
  project: GoProject,
  go: Tool,
  cgo: boolean,
  options: CompleteProjectOptions,
): Promise<GoListing> {
  const [program = go.path, ...prefix] = toolArgv(go);
  const packages = [project, ...project.otherPrograms].map((one) => one.package);
  const command = {
    program,
    // -buildvcs=false: git runs what the repository's own configuration names (core.fsmonitor).
    args: [
      ...prefix,
      'list',
      '-buildvcs=false',
      // Without cgo, a package that cannot be built is an answer; with it, an error.
      ...(cgo ? [] : ['-e']),
      '-deps',
      '-json=ImportPath,Name,Dir,Standard,GoFiles,CgoFiles,Imports,Error',
      ...tagsOf(project, options.tags ?? []),
      ...packages,
    ],
    cwd: project.directory,
    // Without a C compiler in PATH the go command would turn cgo off by itself.
    env: {
      GOOS: 'linux',
      GOARCH: options.architecture,
      CGO_ENABLED: cgo ? '1' : '0',
      ...(options.offline === true ? { GOPROXY: 'off', GOTOOLCHAIN: 'local' } : {}),
    },
    purpose: `ask go what ${packages.join(', ')} is made of ${cgo ? 'with' : 'without'} cgo`,
  };
  const result = await runInFamily(command, {
    env: options.env ?? process.env,
    signal: options.signal,
    timeoutMs: LIST_TIMEOUT_MS,
    outputLimitBytes: LIST_LIMIT_BYTES,
  });
  return result.exitCode === 0 && result.droppedBytes === 0
    ? { kind: 'packages', packages: parseListing(result.stdout) }
    : { kind: 'failed', stderr: result.stderr };
}

/** A flag on the command line replaces the one in GOFLAGS. */
function tagsOf({ goFlags }: GoProject, tags: readonly string[]): readonly string[] {
  const own = goFlags.flatMap((flag) => /^--?tags=(.*)$/s.exec(flag)?.[1] ?? []).at(-1) ?? '';
  return tags.length === 0 ? [] : [`-tags=${[own, ...tags].filter((tag) => tag !== '').join(',')}`];
}

/** Documents one after the other, each indented: a line that is `{` starts one. Exported for its test. */
export function parseListing(text: string): ReadonlyMap<string, ListedPackage> {
  const packages = new Map<string, ListedPackage>();
  for (const document of text.split(/^(?=\{$)/m)) {
    if (document.trim() === '') continue;
    const value = JSON.parse(document) as Readonly<Record<string, unknown>>;
    if (value['Standard'] === true) continue;
    const one = packageOf(value);
    packages.set(one.path, one);
  }
  return packages;
}

function packageOf(value: Readonly<Record<string, unknown>>): ListedPackage {
  const text = (key: string): string => (typeof value[key] === 'string' ? value[key] : '');
  const list = (key: string): readonly string[] =>
    Array.isArray(value[key]) ? value[key].filter((item) => typeof item === 'string') : [];
  const error = value['Error'];
  return {
    path: text('ImportPath'),
    name: text('Name'),
    directory: text('Dir'),
    goFiles: list('GoFiles'),
    cgoFiles: list('CgoFiles'),
    imports: list('Imports'),
    error:
      typeof error === 'object' && error !== null && 'Err' in error && typeof error.Err === 'string'
        ? error.Err
        : null,
  };
}
