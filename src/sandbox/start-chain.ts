import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { toolPath } from '../core/find-tool.ts';
import type { RunRequest } from './sandbox.ts';

/** Starts the first program of a run, which starts the rest; `folder` holds them all. */
export function startChain(folder: string, stdio: RunRequest['stdio']): ChildProcess {
  const launcher = openSync(join(folder, 'launcher'), 'r');
  const streams =
    stdio.kind === 'inherit'
      ? (['inherit', 'inherit', 'inherit'] as const)
      : ([stdio.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] as const);
  try {
    // A process group of its own: a terminal's Ctrl-C reaches morsel, which decides; and all can be killed at once.
    const child = spawn(join(folder, 'enter'), [], {
      cwd: '/',
      env: { PATH: toolPath() },
      // The places of STATUS_FD, LAUNCHER_FD and GO_FD.
      stdio: [...streams, 'pipe', launcher, 'pipe'],
      detached: true,
    });
    if (stdio.kind === 'capture' && stdio.stdin !== undefined) {
      child.stdin?.on('error', () => {}); // the program may leave before it has read its input
      child.stdin?.end(stdio.stdin);
    }
    return child;
  } finally {
    closeSync(launcher);
  }
}
