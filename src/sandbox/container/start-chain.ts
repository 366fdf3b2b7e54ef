import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { toolPath } from '../../core/find-tool.ts';
import { letGo, type ProgramStreams } from './program-streams.ts';

/** Starts the first program of a run, which starts the rest; `folder` holds them all. */
export function startChain(folder: string, streams: ProgramStreams): ChildProcess {
  const launcher = openSync(join(folder, 'launcher'), 'r');
  try {
    // A process group of its own: a terminal's Ctrl-C reaches morsel, which decides; and all can be killed at once.
    return spawn(join(folder, 'enter'), [], {
      cwd: '/',
      env: { PATH: toolPath() },
      stdio: [
        'ignore',
        'ignore',
        'pipe', // what the tools say
        'pipe', // STATUS_FD
        launcher, // LAUNCHER_FD
        'pipe', // GO_FD
        streams.stderr, // STDERR_FD
        streams.stdin, // STDIN_FD
        streams.stdout, // STDOUT_FD
        ...(streams.terminal === null ? [] : [streams.terminal]), // TERMINAL_FD
      ],
      detached: true,
    });
  } finally {
    closeSync(launcher);
    letGo(streams);
  }
}
