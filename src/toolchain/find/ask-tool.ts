import { runCommand } from '../../core/run-command.ts';
import type { ToolAnswers } from './tool-answers.ts';
import { toolArgv, type Tool } from './tools.ts';

/** A tool that does not say its version in this time is taken as it is, without one. */
const ANSWER_TIMEOUT_MS = 10_000;

/** A longer first line is not that of a tool that says its version. */
const VERSION_LINE_CHARACTERS = 400;

export interface AskOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  readonly cwd?: string | undefined;
  /** Of earlier builds; undefined: the tool is asked. */
  readonly answers?: ToolAnswers | undefined;
}

/** What a tool prints for some arguments (both streams); null when it cannot be run or fails. Error: INTERRUPTED. */
export async function askTool(
  tool: Tool,
  args: readonly string[],
  options: AskOptions,
): Promise<string | null> {
  const { answers } = options;
  const key = answers?.keyOf(tool.path, [...tool.argvPrefix, ...args], options) ?? null;
  const known = key === null ? null : (answers?.get(key) ?? null);
  if (known !== null) return known;
  const answer = await start(tool, args, options);
  if (key !== null && answer !== null) answers?.set(key, answer);
  return answer;
}

async function start(tool: Tool, args: readonly string[], options: AskOptions): Promise<string | null> {
  const [program = tool.path, ...prefix] = toolArgv(tool);
  try {
    const result = await runCommand(
      {
        program,
        args: [...prefix, ...args],
        env: { LC_ALL: 'C', LANGUAGE: undefined },
        purpose: `ask ${tool.path} about itself`,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      },
      { env: options.env, signal: options.signal, timeoutMs: ANSWER_TIMEOUT_MS, outputLimitBytes: 64 * 1024 },
    );
    return result.exitCode === 0 ? `${result.stdout}${result.stderr}` : null;
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    return null;
  }
}

/** The tool at a path with the version that it prints; null path gives null. */
export async function toolWithVersion(
  path: string | null,
  args: readonly string[],
  options: AskOptions,
): Promise<Tool | null> {
  if (path === null) return null;
  const tool: Tool = { path, argvPrefix: [], version: null };
  return { ...tool, version: versionIn(await askTool(tool, args, options)) };
}

/** The version in a tool's first line: the last `1.2[.3…]` outside of parentheses, as GNU tools print it. */
export function versionIn(text: string | null): string | null {
  const first = ((text ?? '').split('\n', 1)[0] ?? '').slice(0, VERSION_LINE_CHARACTERS);
  const versions = first.replaceAll(/\([^)]*\)/g, ' ').match(/\d+(?:\.\d+)+(?:-[a-z]+[.\d]*)?/g);
  return versions?.at(-1) ?? null;
}
