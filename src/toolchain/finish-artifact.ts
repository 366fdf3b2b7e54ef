import {
  chmodSync,
  closeSync,
  copyFileSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { openByteSource } from '../core/byte-source.ts';
import { formatCommand } from '../core/command.ts';
import type { EventSink } from '../core/events.ts';
import { runCommand } from '../core/run-command.ts';
import { planSectionDrop } from '../elf/index.ts';
import { compileFailure } from './compile-failure.ts';
import type { CompilePlan } from './plan.ts';
import { cannotWrite, makeDirectory } from './work-lock.ts';

/** Applies the plan's last steps to a copy in `out/`; without steps the build's own file is the result. */
export async function finishArtifact(
  built: string,
  plan: CompilePlan,
  options: { readonly signal?: AbortSignal | undefined; readonly onEvent?: EventSink | undefined },
): Promise<string> {
  if (plan.finish.length === 0) return built;
  const directory = join(plan.workDirectory, 'out');
  const path = join(directory, basename(built));
  const draft = `${path}.draft`;
  makeDirectory(directory);
  try {
    copyFileSync(built, draft);
    chmodSync(draft, 0o755);
    for (const step of plan.finish) {
      if (step.kind === 'drop-section-headers') dropSectionHeaders(draft);
      else await strip(step.program, [...step.args, draft], options);
    }
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw cause instanceof Error && 'syscall' in cause ? cannotWrite(path, cause) : cause;
  }
  return path;
}

async function strip(
  program: string,
  args: readonly string[],
  options: { readonly signal?: AbortSignal | undefined; readonly onEvent?: EventSink | undefined },
): Promise<void> {
  const command = { program, args, purpose: 'remove symbols from a copy of the program' };
  const result = await runCommand(command, options);
  if (result.exitCode !== 0) throw compileFailure(command, formatCommand(command), result);
}

/** In place, on a file of our own. A file whose bytes must stay (something is appended to it) stays as it is. */
function dropSectionHeaders(path: string): void {
  const source = openByteSource(path);
  const plan = planSectionDrop(source);
  source.close();
  if (plan.kind === 'keep') return;
  const fd = openSync(path, 'r+');
  try {
    for (const { offset, bytes } of plan.patches) writeSync(fd, bytes, 0, bytes.length, offset);
    ftruncateSync(fd, plan.sizeBytes);
  } finally {
    closeSync(fd);
  }
}
