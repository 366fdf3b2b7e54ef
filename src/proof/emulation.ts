import { join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { listNames } from '../core/list-names.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/temporary-folder.ts';
import type { Observation } from '../observe/index.ts';
import { directoryTree, type FileTree } from '../rootfs/index.ts';
import { findTracer, foreignProgram } from '../sandbox/index.ts';
import type { Examined, ExaminationSetting } from './examine.ts';
import { runCheck } from './run-check.ts';

/** Of a run's notes: `aarch64 emulated by qemu-aarch64-static`; null where the program ran as it is. */
export function emulationIn(notes: readonly string[]): string | null {
  return notes.find((words) => words.includes(' emulated by ')) ?? null;
}

/** Programs that an answer names. */
const NAMED_LIMIT = 3;

/**
 * An emulator runs one program: what that starts is executed by this machine's kernel, which refuses it (ENOEXEC) unless
 * binfmt_misc knows the emulator. A program that was seen to start others has therefore neither passed nor failed.
 */
export async function judgeEmulated(examined: Examined, setting: ExaminationSetting): Promise<Examined> {
  const { notes, outcome } = examined.ran;
  // What was never started has started nothing.
  if (emulationIn(notes) === null || outcome.startFailure !== null) return examined;
  if (findTracer() === null) return unseen(examined);
  const started = await startedPrograms(examined, setting);
  if (started === null) return unseen(examined);
  return started.length === 0 ? examined : beyond(examined, started);
}

/** Runs it once more, observed; null where nothing was seen of it. */
async function startedPrograms(
  { job, result }: Examined,
  setting: ExaminationSetting,
): Promise<readonly string[] | null> {
  const { readTrace } = await import('../observe/index.ts');
  const folder = makeTemporaryFolder('trace');
  const traceFile = join(folder, 'trace');
  try {
    const { examination, readOnlyRoot } = job;
    const { observed } = await runCheck(examination, { ...setting, readOnlyRoot, observe: { traceFile } });
    if (observed === null) return null;
    const start = { ...observed, workingDirectory: job.image.cwd, signal: setting.signal };
    const observation = await readTrace(traceFile, start);
    if (!observation.started) return null;
    const refused = programsRefused(observation, directoryTree(setting.root), result.argv[0] ?? '');
    // Of a trace with gaps nobody knows what is not in it.
    return refused.length === 0 && observation.gaps.length > 0 ? null : refused;
  } catch (error) {
    if (error instanceof MorselError && error.code === 'SANDBOX_MISSING') return null;
    throw error;
  } finally {
    removeTemporaryFolder(folder);
  }
}

/** Of what the kernel did not take, what is for another machine: a file that is no program would be none there either. */
function programsRefused({ notExecuted }: Observation, tree: FileTree, own: string): readonly string[] {
  return [...notExecuted]
    .filter((path) => foreignProgram(tree, path) !== null)
    .map((path) => (path === own ? `itself (${path})` : path));
}

function beyond(examined: Examined, started: readonly string[]): Examined {
  const { result, ran } = examined;
  const detail = `it starts ${listNames(started, NAMED_LIMIT)}, which an emulated program cannot on this machine: beyond this proof (${result.detail})`;
  return {
    ...examined,
    ran,
    result: { ...result, status: 'unclear', strength: 'none', detail },
    findings: [
      ...examined.findings,
      {
        level: 'warning',
        message: `check "${result.name}": a program that starts others is not proven under emulation`,
        hint: 'prove it on a machine of its own: `morsel prove IMAGE` there; or let the administrator register the emulator with binfmt_misc',
      },
    ],
  };
}

/** What cannot be looked at is not taken for a failure, where it may be of that. */
function unseen(examined: Examined): Examined {
  const { result } = examined;
  const finding = {
    level: 'info',
    message: `check "${result.name}": whether it starts other programs, which an emulated one cannot, was not seen`,
    hint:
      findTracer() === null
        ? 'apt-get install strace'
        : 'prove it on a machine of its own: `morsel prove IMAGE` there',
  } as const;
  const findings = [...examined.findings, finding];
  if (result.status !== 'failed') return { ...examined, findings };
  const detail = `under emulation: ${result.detail}; whether that is for want of a program that it starts was not seen`;
  return { ...examined, findings, result: { ...result, status: 'unclear', strength: 'none', detail } };
}
