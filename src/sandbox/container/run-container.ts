import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../core/temporary-folder.ts';
import { RunCgroups } from '../cgroup/run-cgroups.ts';
import type { ContainerPlan, Driver, Mode } from './container-plan.ts';
import type { PreparedRequest } from '../prepare/prepared-request.ts';
import { ContainerProcess } from './container-process.ts';
import { scratchOf } from '../drivers/chain.ts';
import { toolPath } from '../../core/find-tool.ts';
import { assembleProgram } from '../launcher/assemble-program.ts';
import { STATUS_FD } from '../launcher/descriptors.ts';
import { enterSteps } from '../launcher/enter-steps.ts';
import { requireMachine } from '../launcher/system-calls.ts';
import { interrupted, notStarted } from './not-started.ts';
import { type Chain, FIRST_STEP } from './chain-report.ts';
import { prepareRequest } from '../prepare/prepare-request.ts';
import type { RunRequest, RunResult } from '../sandbox.ts';

/** Runs one container by a driver; the contract is that of `Sandbox.run`. */
export async function runContainer(driver: Driver, mode: Mode, request: RunRequest): Promise<RunResult> {
  if (request.signal?.aborted === true) throw interrupted();
  const preparation = prepareRequest(request);
  if (preparation.kind === 'not-started') return notStarted(preparation.failure);
  const { prepared, notes } = preparation;
  const folder = makeTemporaryFolder('container');
  const cgroups = new RunCgroups(mode, basename(folder));
  try {
    const joined = cgroups.make(driver, request);
    cgroups.startReaper(folder);
    const plan = driver.plan(prepared, mode, folder);
    const chain = { enter: enterSteps(joined, plan.argv, toolPath()), ...plan };
    writeChain(folder, chain, plan);
    const { signalsAsExitCodes } = plan;
    const made = prepared.missing.map(({ path }) => path);
    const running = new ContainerProcess({
      name: driver.name,
      chain,
      signalsAsExitCodes,
      request,
      folder,
      made,
    });
    return { ...(await running.result()), notes: [...notes, ...privilegeNotes(prepared, plan)] };
  } finally {
    await cgroups.remove();
    removeTemporaryFolder(folder);
  }
}

function privilegeNotes(
  { privileged }: PreparedRequest,
  { gainsPrivileges }: ContainerPlan,
): readonly string[] {
  if (privileged === null) return [];
  const what = privileged.capability === null ? 'setuid or setgid bit' : 'file capabilities';
  return gainsPrivileges
    ? [`the ${what} of ${privileged.path} held, as under docker`]
    : [`the ${what} of ${privileged.path} had no effect: only runc and crun can allow that`];
}

function writeChain(folder: string, chain: Chain, { files }: ContainerPlan): void {
  const machine = requireMachine();
  mkdirSync(scratchOf(folder), { mode: 0o700 });
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  for (const name of ['enter', 'prepare', 'launcher'] as const) {
    const program = assembleProgram(machine, chain[name], { fd: STATUS_FD, firstStep: FIRST_STEP[name] });
    writeFileSync(join(folder, name), program, { mode: 0o755 });
  }
}
