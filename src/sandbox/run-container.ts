import { mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { assembleProgram, type Step } from './assemble-program.ts';
import type { ContainerPlan, Driver, Mode } from './container-plan.ts';
import { ContainerProcess, interrupted, notStarted } from './container-process.ts';
import { STATUS_FD } from './launcher-steps.ts';
import { prepareRequest } from './prepare-request.ts';
import { RUN_PREFIX } from './remove-cgroups.ts';
import type { RunRequest, RunResult } from './sandbox.ts';
import { launcherMachine } from './system-calls.ts';

/** A descriptor that nobody has: what the program before the runtime would report has no reader. */
const NO_FD = 1000;
/** Runs one container by a driver; the contract is that of `Sandbox.run`. */
export async function runContainer(driver: Driver, mode: Mode, request: RunRequest): Promise<RunResult> {
  if (request.signal?.aborted === true) throw interrupted();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), RUN_PREFIX)));
  let release = (): void => {};
  try {
    const preparation = prepareRequest(request, { writeFiles: (files) => writeFiles(folder, files), kindOf });
    if (preparation.kind === 'not-started') return notStarted(preparation.failure, []);
    release = preparation.release;
    const plan = driver.plan(preparation.prepared, mode, folder);
    const running = new ContainerProcess(driver.name, plan, request, writePlan(folder, plan));
    return { ...(await running.result()), notes: preparation.notes };
  } finally {
    release();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The injected files, by their path in the container, as paths on this machine. */
function writeFiles(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => {
      const file = join(folder, path.slice(path.lastIndexOf('/') + 1));
      writeFileSync(file, content, { mode: 0o644 });
      return [path, file];
    }),
  );
}

function kindOf(source: string): 'file' | 'directory' {
  const stat = statSync(source, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new MorselError('NOT_FOUND', `${source}: no such file or directory`, {
      hint: 'check the source of the mount',
    });
  return stat.isDirectory() ? 'directory' : 'file';
}

function writePlan(folder: string, plan: ContainerPlan): string {
  const machine = launcherMachine();
  if (machine === null)
    throw new MorselError('SANDBOX_MISSING', `morsel has no launcher for ${process.arch}`);
  const write = (name: string, content: string | readonly Step[], statusFd: number): void => {
    const bytes = typeof content === 'string' ? content : assembleProgram(machine, content, statusFd);
    writeFileSync(join(folder, name), bytes, { mode: 0o755 });
  };
  for (const [name, content] of Object.entries(plan.files)) write(name, content, NO_FD);
  write('launcher', plan.launcher, STATUS_FD);
  return folder;
}
