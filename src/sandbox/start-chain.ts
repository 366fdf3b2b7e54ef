import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { toolPath } from '../core/find-tool.ts';
import type { RunRequest } from './sandbox.ts';

/** Starts the first program of a run, which starts the rest; `folder` holds them all. */
export function startChain(folder: string, stdio: RunRequest['stdio']): ChildProcess {
  const launcher = openSync(join(folder, 'launcher'), 'r');
  const isOwn = stdio.kind === 'capture';
  const stdin = isOwn ? (stdio.stdin === undefined ? 'ignore' : 'pipe') : 'inherit';
  try {
    // A process group of its own: a terminal's Ctrl-C reaches morsel, which decides; and all can be killed at once.
    const child = spawn(join(folder, 'enter'), [], {
      cwd: '/',
      env: { PATH: toolPath() },
      // stdin, stdout, what the tools say, and the places of STATUS_FD, LAUNCHER_FD, GO_FD and STDERR_FD.
      stdio: [stdin, isOwn ? 'pipe' : 'inherit', 'pipe', 'pipe', launcher, 'pipe', isOwn ? 'pipe' : 2],
      detached: true,
    });
    if (isOwn && stdio.stdin !== undefined) {
      child.stdin?.on('error', () => {}); // the program may leave before it has read its input
      child.stdin?.end(stdio.stdin);
    }
    return child;
  } finally {
    closeSync(launcher);
  }
}
