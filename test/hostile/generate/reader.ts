import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { ReadAnswer, ReadOrder } from './reader-worker.ts';

/** A worker that is started anew whenever one has died or had to be ended. */
export interface Reader {
  read(order: ReadOrder): Promise<ReadAnswer>;
  close(): void;
}

export interface ReaderOptions {
  /** The bundle of reader-worker.ts. */
  readonly worker: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limitMs: number;
}

/** Beyond any bound: ended before the machine has no memory left. */
const STOP_BYTES = 1024 * 1024 * 1024;
const WATCH_MS = 100;

export function startReader({ worker, env, limitMs }: ReaderOptions): Reader {
  let child: ChildProcess | null = null;
  const start = (): ChildProcess =>
    fork(worker, { env, execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  return {
    read: (order) =>
      new Promise((resolve) => {
        const running = (child ??= start());
        const answer = (result: ReadAnswer): void => {
          clearInterval(watch);
          running.removeAllListeners();
          resolve(result);
        };
        const fail = (problem: string, peakBytes = 0): void => {
          child = null;
          answer({ problems: [problem], outcomes: [], peakBytes });
        };
        const started = Date.now();
        const watch = setInterval(() => {
          const held = residentBytes(running.pid ?? 0);
          const isLate = Date.now() - started > limitMs;
          if (!isLate && held < STOP_BYTES) return;
          running.removeAllListeners();
          running.kill('SIGKILL');
          fail(isLate ? 'time: it did not end' : 'memory: ended while it was growing', held);
        }, WATCH_MS);
        running.on('message', (message) => answer(message as ReadAnswer));
        running.on('exit', (code, signal) => fail(`exit: the reader ended with ${code ?? signal}`));
        running.send(order);
      }),
    close: () => child?.kill('SIGKILL'),
  };
}

function residentBytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
