import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/temporary-folder.ts';
import { makeCgroups } from './cgroup/make-cgroups.ts';
import { removeCgroups, removeStaleCgroups } from './cgroup/remove-cgroups.ts';
import type { ContainerPlan, Driver, Mode } from './container-plan.ts';
import { ContainerProcess } from './container-process.ts';
import { scratchOf } from './drivers/chain.ts';
import { toolPath } from './find-tool.ts';
import { assembleProgram } from './launcher/assemble-program.ts';
import { STATUS_FD } from './launcher/descriptors.ts';
import { enterSteps } from './launcher/enter-steps.ts';
import { launcherMachine } from './launcher/system-calls.ts';
import { interrupted, notStarted } from './not-started.ts';
import { type Chain, FIRST_STEP } from './chain-report.ts';
import { prepareRequest } from './prepare-request.ts';
import type { RunRequest, RunResult } from './sandbox.ts';

/** Runs one container by a driver; the contract is that of `Sandbox.run`. */
export async function runContainer(driver: Driver, mode: Mode, request: RunRequest): Promise<RunResult> {
  if (request.signal?.aborted === true) throw interrupted();
  const preparation = prepareRequest(request);
  if (preparation.kind === 'not-started') return notStarted(preparation.failure);
  const folder = makeTemporaryFolder('container');
  let cgroups: readonly string[] = [];
  try {
    cgroups = cgroupsFor(driver, mode, request, basename(folder));
    const plan = driver.plan(preparation.prepared, mode, folder);
    const chain = { enter: enterSteps(cgroups, plan.argv, toolPath()), ...plan };
    writeChain(folder, chain, plan);
    const { signalsAsExitCodes } = plan;
    const made = preparation.prepared.missing.map(({ path }) => path);
    const start = { name: driver.name, chain, signalsAsExitCodes, request, folder, made };
    const running = new ContainerProcess(start);
    return { ...(await running.result()), notes: preparation.notes };
  } finally {
    await removeCgroups(basename(folder), cgroups);
    removeTemporaryFolder(folder);
  }
}

function cgroupsFor(driver: Driver, mode: Mode, request: RunRequest, name: string): readonly string[] {
  removeStaleCgroups();
  if (mode.limitedBy !== 'cgroup') return [];
  const made = makeCgroups(name, request.limits);
  if (made !== null) return made;
  throw new MorselError(
    'SANDBOX_FAILED',
    `${driver.name}: no cgroup can be made that limits processes and memory`,
    {
      hint: 'mount a cgroup hierarchy with the controllers pids and memory that may be written to',
    },
  );
}

function writeChain(folder: string, chain: Chain, { files }: ContainerPlan): void {
  const machine = launcherMachine();
  if (machine === null)
    throw new MorselError('SANDBOX_MISSING', `morsel has no launcher for ${process.arch}`, {
      hint: 'prove the image on an x86-64 or arm64 machine, or build with --no-prove',
    });
  mkdirSync(scratchOf(folder), { mode: 0o700 });
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  for (const name of ['enter', 'prepare', 'launcher'] as const) {
    const program = assembleProgram(machine, chain[name], { fd: STATUS_FD, firstStep: FIRST_STEP[name] });
    writeFileSync(join(folder, name), program, { mode: 0o755 });
  }
}
