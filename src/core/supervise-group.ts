import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** In the environment of a supervised command, and so of all that it starts, also where it left the process group. */
const MARK = 'MORSEL_COMMAND';

/**
 * Waits for a line that tells of the command's end; the end of the pipe without one is morsel's own end, whatever ended
 * it. `$1`: the process group, `$2`: the mark.
 */
const WATCH = `read -r line && exit 0
kill -KILL -- "-$1"
for file in /proc/[0-9]*/environ; do
  if grep -qs -- "$2" "$file"; then pid=\${file#/proc/}; kill -KILL "\${pid%/environ}"; fi
done`;

/** One that forks while it is looked for is found the next time; one that always does may win. */
const SWEEPS = 20;

/** Keeps a command's processes together without namespaces. */
export interface GroupSupervisor {
  /** To be laid over the environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on the group ends when morsel does. */
  watch(pid: number): void;
  /** Ends all processes of the command that are still there. */
  end(): void;
}

export function superviseGroup(): GroupSupervisor {
  const id = randomUUID();
  let stop: (() => void) | undefined;
  return {
    env: { [MARK]: id },
    watch(pid) {
      stop = startWatch(pid, `${MARK}=${id}`);
    },
    end() {
      stop?.();
      stop = undefined;
      for (let round = 0; round < SWEEPS; round++) {
        const left = markedProcesses(`${MARK}=${id}`);
        if (left.length === 0) return;
        for (const pid of left) kill(pid);
      }
    },
  };
}

function startWatch(pid: number, mark: string): () => void {
  const watch = spawn('/bin/sh', ['-c', WATCH, 'morsel-watch', String(pid), mark], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    detached: true,
  });
  watch.on('error', () => {}); // a system without a shell has no Makefiles either
  watch.stdin.on('error', () => {});
  watch.unref();
  return () => watch.stdin.end('ended\n');
}

/** Processes of other users and of the kernel cannot be read, and are none of ours. */
function markedProcesses(mark: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => environmentOf(name).includes(mark))
    .map(Number);
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has gone already
  }
}
