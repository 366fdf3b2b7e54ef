import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Companion, compileCompanion } from '../companions/index.ts';
import { MorselError } from '../core/errors.ts';
import { hostArchitecture } from '../core/machines.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/temporary-folder.ts';
import { unpackImage } from '../layers/index.ts';
import type { BuildRequest, MadeImage } from '../pipeline/index.ts';
import { withImage } from '../places/index.ts';
import { configurationIn } from '../proof/index.ts';
import { chooseSandbox, type RunRequest, type RunResult, type Sandbox } from '../sandbox/index.ts';
import type { Performance } from './comparison.ts';

/** As many as give a median that one slow run does not move. */
export const MEASURED_RUNS = 5;
const TIMEOUT_MS = 600_000;
const OUTPUT_LIMIT_BYTES = 64 * 1024;
const LIMITS = { processes: 4096, memoryBytes: 8 * 1024 ** 3 };
const MARKER_BYTES = 12;

/**
 * Runs a job in an image, again and again, and says what it took, measured by a program of morsel's own that stands beside it
 * in the container, so that nothing of the sandbox is counted. One that does not end with exit code 0 is not measured. Errors:
 * those of reading the image and of `compileCompanion`; SANDBOX_FAILED; SANDBOX_MISSING; INTERRUPTED.
 */
export async function measurePerformance(
  request: BuildRequest,
  { written }: Pick<MadeImage, 'written'>,
  args: readonly string[],
): Promise<Performance> {
  const { signal, cacheDirectory } = request;
  const sandbox = await chooseSandbox({ prefer: request.sandbox ?? undefined, signal });
  const meter = await compileCompanion('meter', { architecture: hostArchitecture(), cacheDirectory, signal });
  const folder = makeTemporaryFolder('perf');
  const root = join(folder, 'root');
  const location = { kind: request.stagedAs, path: written.path };
  try {
    return await withImage(location, { signal }, async (image) => {
      const { capabilities, setIds } = await unpackImage(image, root, { signal });
      const { entrypoint, ...run } = configurationIn(root, image.config);
      const job = { root, capabilities, setIds, argv: [...entrypoint, ...args], ...run, signal };
      return measureRuns(sandbox, meter, job);
    });
  } finally {
    removeTemporaryFolder(folder);
  }
}

type Job = Pick<
  RunRequest,
  'root' | 'argv' | 'env' | 'cwd' | 'uid' | 'gid' | 'groups' | 'capabilities' | 'setIds' | 'signal'
>;

async function measureRuns(sandbox: Sandbox, meter: Companion, job: Job): Promise<Performance> {
  const measured: { readonly ms: number; readonly bytes: number }[] = [];
  for (let run = 0; run < MEASURED_RUNS; run++) {
    // A program that printed such a line itself would have to guess it.
    const marker = randomBytes(MARKER_BYTES).toString('hex');
    const ended = await sandbox.run(requestFor(meter, marker, job));
    measured.push(readMeasure(ended, marker));
  }
  const times = measured.map(({ ms }) => ms);
  return {
    runs: measured.length,
    medianMs: round(median(times)),
    fastestMs: round(Math.min(...times)),
    slowestMs: round(Math.max(...times)),
    peakMemoryBytes: Math.max(...measured.map(({ bytes }) => bytes)),
  };
}

function requestFor(meter: Companion, marker: string, job: Job): RunRequest {
  const { root, env, cwd, uid, gid, groups, capabilities, setIds, signal } = job;
  return {
    root,
    argv: [meter.path, marker, ...job.argv],
    env,
    cwd,
    uid,
    gid,
    ...(groups === undefined ? {} : { groups }),
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(setIds === undefined ? {} : { setIds }),
    readOnlyRoot: false,
    network: 'none',
    mounts: [{ source: meter.source, target: meter.path, readOnly: true }],
    timeoutMs: TIMEOUT_MS,
    outputLimitBytes: OUTPUT_LIMIT_BYTES,
    stdio: { kind: 'capture' },
    limits: LIMITS,
    signal,
  };
}

/** Error: PROOF_FAILED where the job failed, or its own words left no room for what was measured. */
function readMeasure(
  { exitCode, stderr, timedOut, startFailure }: RunResult,
  marker: string,
): { readonly ms: number; readonly bytes: number } {
  const text = stderr.toString('latin1');
  const match = new RegExp(`^${marker} (\\d{1,18}) (\\d{1,12})$`, 'm').exec(text);
  const problem = timedOut
    ? `did not end in ${TIMEOUT_MS / 1000} s`
    : exitCode !== 0
      ? `ended with exit code ${exitCode ?? 'none'}${startFailure === null ? '' : `: ${startFailure.message}`}`
      : match === null
        ? `wrote more than ${OUTPUT_LIMIT_BYTES} bytes to standard error`
        : null;
  if (problem === null && match !== null)
    return { ms: Number(match[1]) / 1e6, bytes: Number(match[2]) * 1024 };
  throw new MorselError('PROOF_FAILED', `not measured: it ${problem ?? ''}`, {
    hint: 'give --perf arguments with which the program ends with exit code 0',
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** To microseconds. */
const round = (ms: number): number => Math.round(ms * 1000) / 1000;
