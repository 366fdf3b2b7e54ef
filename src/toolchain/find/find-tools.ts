import { findTool } from '../../core/find-tool.ts';
import { findBuildTools, findCTools } from './find-c-tools.ts';
import { searchDirectories } from './search-path.ts';
import { findRustToolchains, findUnwinder } from './find-rust-tools.ts';
import { askTool, type AskOptions } from './ask-tool.ts';
import { ToolAnswers } from './tool-answers.ts';
import { type GoTools, NO_TOOLS, type Tools } from './tools.ts';

export interface FindToolsOptions {
  /** PATH, HOME and RUSTUP_HOME count; this process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** What is looked for; all by default. Rust and Go with C code want `c` too. */
  readonly groups?: readonly ToolGroup[];
  /** The project's directory, where a rust-toolchain file counts. */
  readonly directory?: string | undefined;
  /** morsel's cache, where answers of earlier builds are; undefined: every tool is asked. */
  readonly cacheDirectory?: string | undefined;
}

/** `c`: compilers, and build tools without their versions; `build`: the build tools with their versions. */
export type ToolGroup = 'c' | 'build' | 'rust' | 'go';

/** Looks at what this machine really has: programs of PATH, asked in parallel what they are. Error: INTERRUPTED. */
export async function findTools(options: FindToolsOptions = {}): Promise<Tools> {
  const env = options.env ?? process.env;
  const groups = new Set(options.groups ?? ['c', 'build', 'rust', 'go']);
  const directories = searchDirectories(env);
  // A tool that looks around where it is started finds nothing of the project, but for Rust's that is meant.
  const answers =
    options.cacheDirectory === undefined ? undefined : new ToolAnswers(options.cacheDirectory, directories);
  const asking: AskOptions = { env, signal: options.signal, cwd: '/', answers };
  const inProject: AskOptions = { ...asking, cwd: options.directory ?? '/' };
  const [c, build, toolchains, go] = await Promise.all([
    groups.has('c') ? findCTools(directories, asking) : NO_TOOLS.c,
    groups.has('build') || groups.has('c')
      ? findBuildTools(directories, { ...asking, versions: groups.has('build') })
      : NO_TOOLS.build,
    groups.has('rust') ? findRustToolchains(directories, inProject) : NO_TOOLS.rust.toolchains,
    groups.has('go') ? findGo(directories, asking) : NO_TOOLS.go,
  ]);
  answers?.save();
  const unwinder = groups.has('rust') ? findUnwinder() : null;
  return { c, build, rust: { toolchains, unwinder }, go, searchPath: directories };
}

async function findGo(directories: readonly string[], options: AskOptions): Promise<GoTools> {
  const path = findTool('go', directories);
  if (path === null) return { go: null };
  const tool = { path, argvPrefix: [], version: null };
  // GOTOOLCHAIN=local: asking for the version must not download the one that a go.mod wants.
  const env = { ...options.env, GOTOOLCHAIN: 'local' };
  const text = await askTool(tool, ['version'], { ...options, env });
  return { go: { ...tool, version: /\bgo(\d[\w.]*)/.exec(text ?? '')?.[1] ?? null } };
}
