import { join } from 'node:path';
import type { Command } from '../../core/command.ts';
import { MorselError } from '../../core/errors.ts';
import { findTool } from '../../core/find-tool.ts';
import { isBelow } from '../../core/is-below.ts';
import type { ProcessFamily } from '../../core/process-family.ts';
import { runCommand } from '../../core/run-command.ts';
import { writeFileAtomically } from '../../core/write-file-atomically.ts';
import { languagePlaces } from '../languages.ts';
import { makeDirectory } from '../run/work-lock.ts';
import { bwrapArguments } from './bwrap-arguments.ts';
import { bwrapFamily, bwrapHost, realPath } from './bwrap-family.ts';
import { sandboxEnvironment } from './sandbox-environment.ts';
import { cacheFolder, isAround, type SandboxedBuild, sandboxPlaces } from './sandbox-places.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs the commands of one plan where they see no network, no secrets and nobody else's files. */
export interface BuildSandbox {
  /** It may also write to `writes`, and to its own folder where that is one of the build's. */
  familyOf(command: Command, writes: readonly string[]): ProcessFamily;
  environment(env: Environment, temporaryDirectory: string): Environment;
  /** A build may leave links: what is taken from it must be a file of its own folders. */
  isOwn(path: string): boolean;
}

/** Tried before anything is compiled. Error: SANDBOX_MISSING. */
export async function findBwrap(signal: AbortSignal | undefined): Promise<string> {
  const bwrap = findTool('bwrap');
  if (bwrap === null)
    throw missing('bwrap is not installed', 'install bubblewrap (on Debian: apt-get install bubblewrap)');
  const args = [
    ...bwrapArguments({ reads: [], writes: [] }, '/', bwrapHost),
    '--',
    findTool('true') ?? '/bin/true',
  ];
  const command = { program: bwrap, args, purpose: 'try the sandbox of builds' };
  const result = await runCommand(command, { signal, timeoutMs: TRIAL_TIMEOUT_MS, outputLimitBytes: 4096 });
  if (result.exitCode === 0) return bwrap;
  const words = result.timedOut ? 'it hung' : result.stderr.trim().split('\n', 1)[0];
  throw missing(`bwrap does not work here: ${words}`, 'allow user namespaces for this user, or run as root');
}

const TRIAL_TIMEOUT_MS = 10_000;

function missing(reason: string, hint: string): MorselError {
  return new MorselError('SANDBOX_MISSING', `--sandbox-build: ${reason}`, {
    hint: `${hint}; without --sandbox-build the project's build runs as \`make\` would`,
  });
}

/** For one plan. Errors: UNSUPPORTED where the sources are the home folder, WRITE_FAILED, DISK_FULL. */
export function openBuildSandbox(bwrap: string, build: SandboxedBuild): BuildSandbox {
  const { project, plan, sharedDirectory } = build;
  const home = process.env['HOME'] ?? '/root';
  if (isAround(project.directory, home))
    throw new MorselError(
      'UNSUPPORTED',
      `--sandbox-build: ${project.directory} holds the whole home folder`,
      {
        hint: 'move the sources into a folder of their own',
      },
    );
  const places = sandboxPlaces(build, { env: process.env, realPath });
  for (const path of places.writes) makeDirectory(path);
  const filter = writeFilter(build);
  const own = places.writes.map((path) => realPath(path));
  return {
    familyOf(command, writes) {
      const cwd = command.cwd ?? '/';
      const isBuilds = isBelow(cwd, plan.workDirectory) || isBelow(cwd, sharedDirectory);
      const all = { reads: places.reads, writes: [...places.writes, ...writes, ...(isBuilds ? [cwd] : [])] };
      return bwrapFamily(bwrap, all, cwd, filter);
    },
    environment: (env, temporaryDirectory) =>
      sandboxEnvironment(env, {
        temporaryDirectory,
        cacheDirectory: cacheFolder(plan),
        own: languagePlaces(project, env).env,
      }),
    isOwn: (path) => own.some((folder) => isBelow(realPath(path), folder)),
  };
}

/** Where no build can write. */
function writeFilter({ plan, seccomp }: SandboxedBuild): string | null {
  if (seccomp === null) return null;
  const path = join(plan.workDirectory, 'seccomp.bpf');
  writeFileAtomically(path, seccomp);
  return path;
}
