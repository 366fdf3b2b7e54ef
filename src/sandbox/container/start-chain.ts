import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { toolPath } from '../../core/find-tool.ts';
import type { CapturedStreams } from './captured-streams.ts';
import { InheritedStreams } from './inherited-streams.ts';
import type { RunRequest } from '../sandbox.ts';

export interface StartedChain {
  readonly child: ChildProcess;
  /** Resolves when what the program printed is where it belongs. Errors: DISK_FULL, WRITE_FAILED. */
  readonly copied: Promise<void>;
}

/**
 * Starts the first program of a run, which starts the rest; `folder` holds them all.
 * @param captured where the program writes to; null: to this process's own stdout and stderr.
 */
export function startChain(
  folder: string,
  stdio: RunRequest['stdio'],
  captured: CapturedStreams | null,
): StartedChain {
  const launcher = openSync(join(folder, 'launcher'), 'r');
  const inherited = stdio.kind === 'inherit' ? new InheritedStreams() : null;
  const input = stdio.kind === 'capture' ? stdio.stdin : undefined;
  const stdin = inherited?.stdio(0) ?? (input === undefined ? 'ignore' : 'pipe');
  try {
    // A process group of its own: a terminal's Ctrl-C reaches morsel, which decides; and all can be killed at once.
    const child = spawn(join(folder, 'enter'), [], {
      cwd: '/',
      env: { PATH: toolPath() },
      // stdin, stdout, what the tools say, and the places of STATUS_FD, LAUNCHER_FD, GO_FD and STDERR_FD.
      stdio: [
        stdin,
        captured?.stdout.descriptor ?? inherited?.stdio(1),
        'pipe',
        'pipe',
        launcher,
        'pipe',
        captured?.stderr.descriptor ?? inherited?.stdio(2),
      ],
      detached: true,
    });
    if (input !== undefined) {
      child.stdin?.on('error', () => {}); // the program may leave before it has read its input
      child.stdin?.end(input);
    }
    const copied = inherited?.copy(child) ?? Promise.resolve();
    copied.catch(() => {});
    return { child, copied };
  } finally {
    closeSync(launcher);
    captured?.letGo();
  }
}
