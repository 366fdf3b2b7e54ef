import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../core/temporary-folder.ts';
import { RunCgroups } from '../cgroup/run-cgroups.ts';
import { GUARANTEES } from '../description.ts';
import type { ContainerPlan, Driver, Mode } from './container-plan.ts';
import type { PreparedRequest } from '../prepare/prepared-request.ts';
import type { TraceCopy } from './trace-copy.ts';
import { tracePathOf } from '../drivers/trace-words.ts';
import { ContainerProcess } from './container-process.ts';
import { scratchOf } from '../drivers/chain.ts';
import { toolPath } from '../../core/find-tool.ts';
import { assembleProgram } from '../launcher/assemble-program.ts';
import { STATUS_FD } from '../launcher/descriptors.ts';
import { enterSteps } from '../launcher/enter-steps.ts';
import { interrupted, notStarted } from './not-started.ts';
import { type Chain, FIRST_STEP } from './chain-report.ts';
import { fidelityReport } from './fidelity-report.ts';
import { prepareRequest } from '../prepare/prepare-request.ts';
import type { RunRequest, RunResult } from '../sandbox.ts';
import { requireMachine } from '../sandbox-machine.ts';
import { makeTerminal, openTerminal, type Terminal } from '../terminal.ts';

/** Runs one container by a driver; the contract is that of `Sandbox.run`. */
export async function runContainer(driver: Driver, mode: Mode, request: RunRequest): Promise<RunResult> {
  if (request.signal?.aborted === true) throw interrupted();
  const preparation = await prepareRequest(request);
  if (preparation.kind === 'not-started') return notStarted(preparation.failure);
  const { prepared, notes, trustedIn } = preparation;
  const folder = makeTemporaryFolder('container');
  const cgroups = new RunCgroups(mode, basename(folder));
  let trace: TraceCopy | null = null;
  try {
    trace = await traceOf(request, folder);
    const joined = cgroups.make(driver, request);
    cgroups.startReaper(folder);
    const terminal = terminalOf(request);
    const plan = driver.plan({ ...prepared, terminal }, mode, folder);
    const enter = enterSteps(joined, plan.argv, toolPath(), terminal?.size ?? null);
    const chain = { enter, ...plan };
    writeChain(folder, chain, plan);
    const ended = await new ContainerProcess({
      name: driver.name,
      chain,
      signalsAsExitCodes: plan.signalsAsExitCodes,
      request,
      terminal,
      folder,
      made: prepared.missing.map(({ path }) => path),
      isTraced: trace !== null,
    }).result();
    await trace?.finish();
    const report = fidelityReport(prepared, plan, mode);
    return {
      ...ended,
      ...report,
      notes: [...notes, ...report.notes, ...ended.notes],
      trustedIn,
      lifted: plan.gainsPrivileges ? [GUARANTEES.privileges] : [],
      observed: tracedRun(prepared, trace),
    };
  } finally {
    trace?.close();
    await cgroups.remove();
    removeTemporaryFolder(folder);
  }
}

function terminalOf({ stdio }: RunRequest): Terminal | null {
  if (stdio.kind === 'capture') return null;
  return stdio.kind === 'inherit' ? openTerminal() : makeTerminal(stdio.size);
}

async function traceOf({ observe }: RunRequest, folder: string): Promise<TraceCopy | null> {
  if (observe === undefined) return null;
  // Few runs are observed, and it brings Node's net along.
  const { TraceCopy: Copy } = await import('./trace-copy.ts');
  return new Copy(tracePathOf(folder), observe.traceFile);
}

function tracedRun({ startMarker, path }: PreparedRequest, trace: TraceCopy | null): RunResult['observed'] {
  if (startMarker === null || trace === null) return null;
  return { marker: startMarker, startPath: path, droppedBytes: trace.droppedBytes };
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
