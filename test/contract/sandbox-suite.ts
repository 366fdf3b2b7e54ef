import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { SANDBOXES } from '../../src/core/choices.ts';
import { DRIVERS } from '../../src/sandbox/drivers/drivers.ts';
import type { SandboxName } from '../../src/sandbox/index.ts';
import { findCgroups } from '../left-behind.ts';
import { hasTool } from '../reference-tools.ts';
import type { PlannedRun, RunnerInput, RunnerOutput } from './sandbox-runner.ts';
import { commandAs, giveTo, type TestUser, testUsers } from './sandbox-users.ts';

export interface Combination {
  readonly user: TestUser;
  readonly sandbox: SandboxName;
  readonly title: string;
}

/** Every driver that is here, as every kind of user that can use it. */
export const COMBINATIONS: readonly Combination[] = testUsers().flatMap((user) =>
  SANDBOXES.filter((sandbox) => isUsable(user, sandbox)).map((sandbox) => ({
    user,
    sandbox,
    title: `${sandbox} as ${user.label}`,
  })),
);

/** With one id only, root of the container is not to be had: what asks for it has no mode then. */
function isUsable(user: TestUser, sandbox: SandboxName): boolean {
  const { tools, modes } = DRIVERS[sandbox];
  const hasOneId = user.label === 'a user without subordinate ids';
  return tools.every(hasTool) && !(hasOneId && modes(['single']).length === 0);
}

/** A folder for a suite, which other users may enter, with the runner in it as one file. */
export function makeSuiteFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-contract-'));
  chmodSync(folder, 0o755);
  buildSync({
    entryPoints: [join(import.meta.dirname, 'sandbox-runner.ts')],
    outfile: runnerIn(folder),
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Packages in the old form ask for Node's modules.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return folder;
}

export function runnerIn(folder: string): string {
  return join(folder, 'runner.mjs');
}

/** A user's own place in the suite's folder. */
export interface Home {
  readonly path: string;
  readonly temporary: string;
  readonly root: string;
}

export function makeHome(folder: string): Home {
  const path = mkdtempSync(join(folder, 'user-'));
  const home = { path, temporary: join(path, 'tmp'), root: join(path, 'root') };
  mkdirSync(home.temporary);
  mkdirSync(home.root);
  return home;
}

/** The command that performs runs as a user: its words, and where it writes what came of them. */
export function runnerCommand(
  folder: string,
  home: Home,
  { user, sandbox }: Combination,
  runs: Readonly<Record<string, PlannedRun>>,
): { readonly argv: readonly string[]; readonly inputPath: string; readonly outputPath: string } {
  const inputPath = join(home.path, 'input');
  const outputPath = join(home.path, 'output');
  writeFileSync(inputPath, JSON.stringify({ sandbox, runs, outputPath } satisfies RunnerInput));
  giveTo(user, home.path);
  const env = { PATH: '/usr/bin:/bin', TMPDIR: home.temporary };
  return {
    argv: commandAs(user, [process.execPath, runnerIn(folder), inputPath], env),
    inputPath,
    outputPath,
  };
}

export function performRuns(
  folder: string,
  home: Home,
  combination: Combination,
  runs: Readonly<Record<string, PlannedRun>>,
): RunnerOutput {
  const { argv, outputPath } = runnerCommand(folder, home, combination, runs);
  const [program = '', ...args] = argv;
  const done = spawnSync(program, args, { encoding: 'utf8', timeout: 240_000 });
  if (done.status !== 0) throw new Error(`the runner failed: ${done.stderr}`);
  return JSON.parse(readFileSync(outputPath, 'utf8')) as RunnerOutput;
}

/** Cgroups that this runner has left; other tests of this machine kill morsels, whose cgroups the next one takes away. */
export function listCgroups(runnerPid: number): readonly string[] {
  return findCgroups(({ pid }) => pid === runnerPid);
}
