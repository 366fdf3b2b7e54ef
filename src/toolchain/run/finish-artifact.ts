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
import { basename, dirname, join } from 'node:path';
import { openByteSource } from '../../core/byte-source.ts';
import type { Command } from '../../core/command.ts';
import { planSectionDrop, planStackSize } from '../../elf/index.ts';
import { type BuildFolders, performCommand, type PerformOptions } from './perform-command.ts';
import type { CompilePlan, FinishStep } from '../plan.ts';
import { cannotWrite, makeDirectory } from './work-lock.ts';

/** Applies the plan's last steps to a copy in `out/`; without steps the build's own file is the result. */
export async function finishArtifact(
  built: string,
  plan: CompilePlan,
  folders: BuildFolders,
  options: PerformOptions,
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
      else if (step.kind === 'stack-size') setStackSize(draft, step.bytes);
      else await performCommand(stripCommand(step, draft), folders, options, 'alone');
    }
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw cause instanceof Error && 'syscall' in cause ? cannotWrite(path, cause) : cause;
  }
  return path;
}

/** In the draft's own folder: strip writes beside the file. */
function stripCommand({ program, args }: FinishStep & { kind: 'strip' }, draft: string): Command {
  const purpose = 'remove symbols from a copy of the program';
  return { program, args: [...args, draft], cwd: dirname(draft), purpose };
}

function setStackSize(path: string, sizeBytes: number): void {
  const source = openByteSource(path);
  const plan = planStackSize(source, sizeBytes);
  source.close();
  if (plan === null) return;
  const fd = openSync(path, 'r+');
  try {
    writeSync(fd, plan.bytes, 0, plan.bytes.length, plan.offset);
  } finally {
    closeSync(fd);
  }
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
