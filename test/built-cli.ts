import { BY_NAME_ALONE } from '../scripts/example-names.mjs';
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { runTool, type ToolOptions, type ToolResult } from './run-tool.ts';

/** The repository's folder. */
export const ROOT = join(import.meta.dirname, '..');

/** A copy of the bundle that users get; vitest's global set-up has built it from these sources. */
export const CLI = process.env['MORSEL_TEST_CLI'] ?? join(ROOT, 'dist/cli.cjs');

/** Compiling the Rust standard library, or zig's libc++ for the first time, takes minutes on two cores. */
export const BUILD_LIMIT_MS = 900_000;

/**
 * All that the CLI sees of this environment. The machine's own variables (SSL_CERT_FILE and its like) would hide what a
 * user's machine lacks. RUSTUP_HOME stays: set-up gives it where HOME is another one than rustup's.
 */
export function cleanEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = ['PATH', 'HOME', 'RUSTUP_HOME'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), ...more };
}

/**
 * With an empty cache zig compiles a C library first, and go its standard library, which takes each a minute: for all
 * homes that tests make, this user's caches of the compilers. morsel's own cache stays in those homes.
 */
export function compilerCaches(): Record<string, string> {
  const folder = join(homedir(), '.cache');
  return { ZIG_GLOBAL_CACHE_DIR: join(folder, 'zig'), GOCACHE: join(folder, 'go-build') };
}

/** Runs the built CLI with the Node that runs the tests, in a clean environment. */
export function morsel(args: readonly string[], options: ToolOptions = {}): Promise<ToolResult> {
  return runTool(process.execPath, [CLI, ...args], {
    env: cleanEnvironment(),
    timeoutMs: BUILD_LIMIT_MS,
    ...options,
  });
}

/** Starts it and does not wait, for tests that interrupt it. */
export function startMorsel(args: readonly string[], options: ToolOptions = {}): ChildProcess {
  const { cwd, env = cleanEnvironment() } = options;
  return spawn(process.execPath, [CLI, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A copy of the bundle for another user: the checkout may be in a folder that only its owner may enter. */
export function copyCli(folder: string): string {
  cpSync(CLI, join(folder, 'cli.cjs'));
  cpSync(join(dirname(CLI), 'cli'), join(folder, 'cli'), { recursive: true });
  return join(folder, 'cli.cjs');
}

/** What `build --format json` prints, as far as tests look at it (docs/reference/json.md). */
export interface BuiltImage {
  readonly reference: string;
  readonly digest: string;
  readonly platform: string;
  readonly rung: string;
  readonly link: string;
  readonly libc: string;
  readonly toolchain: string;
  readonly size: {
    readonly compressedBytes: number;
    readonly uncompressedBytes: number;
    readonly files: number;
  };
  readonly image: { readonly path: string };
  readonly rejected: readonly { readonly rung: string; readonly reason: string }[];
  readonly files: readonly { readonly path: string; readonly sizeBytes: number; readonly reason: string }[];
  readonly proof: {
    readonly status: 'passed' | 'failed' | 'skipped';
    readonly sandbox: string | null;
    readonly checks: readonly { readonly name: string; readonly status: string; readonly detail: string }[];
  };
  readonly findings: readonly { readonly message: string }[];
}

/** `build … --format json`, which must succeed. */
export async function buildImage(args: readonly string[], options: ToolOptions = {}): Promise<BuiltImage> {
  const result = await morsel(['build', ...args, '--format', 'json'], options);
  expect(result.exitCode, `morsel build ${args.join(' ')}:\n${result.stderr}`).toBe(0);
  return JSON.parse(result.stdout) as BuiltImage;
}

/** The words of a check in `morsel.json` that the engines' tests use. */
export interface ExampleCheck {
  readonly name: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly expectedOutput?: readonly string[];
  readonly excludedOutput?: readonly string[];
  readonly expectedError?: readonly string[];
  readonly exitCode?: number;
  readonly start?: readonly string[];
}

export interface Example {
  readonly name: string;
  readonly directory: string;
  readonly checks: readonly ExampleCheck[];
}

/** The projects of examples/: documentation and test at once. */
export function listExamples(): readonly Example[] {
  const folder = join(ROOT, 'examples');
  const names = readdirSync(folder).filter(
    (name) => existsSync(join(folder, name, 'morsel.json')) && !BY_NAME_ALONE.has(name),
  );
  return names.sort().map((name) => {
    const directory = join(folder, name);
    const json = JSON.parse(readFileSync(join(directory, 'morsel.json'), 'utf8')) as {
      checks?: ExampleCheck[];
    };
    return { name, directory, checks: json.checks ?? [] };
  });
}

/** Where the machine's Node is, for an `env -i` run as another user. */
export function nodeFolder(): string {
  return dirname(process.execPath);
}

/** The Node of this run, where other users may start it: npm's Node 24 lies in root's home. */
export function nodeForOthers(folder: string): string {
  const copy = join(folder, 'node');
  if (!existsSync(copy)) copyFileSync(process.execPath, copy);
  return copy;
}
