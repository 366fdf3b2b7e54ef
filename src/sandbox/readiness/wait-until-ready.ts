import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningContainer } from '../sandbox.ts';
import type { ListeningSocket } from './listening-socket.ts';

/** Tables of /proc cost a tenth of a millisecond. */
const LOOK_AGAIN_MS = 10;
/** To connect is to start a program. */
const CONNECT_AGAIN_MS = 100;
/** A server that dies of what it reads after it listens is not ready. */
const STAYS_ALIVE_MS = 150;

export type Readiness =
  /** It listens, a connection could be made, and it stayed alive after it. */
  | { readonly kind: 'ready'; readonly socket: ListeningSocket; readonly elapsedMs: number }
  | { readonly kind: 'ended' }
  /** It lives, and nobody could connect to anything of it. */
  | { readonly kind: 'silent' };

/**
 * Whether a program has become a server: what it says and how quiet it is tells nothing of that (a server may sleep before
 * it listens), a socket that takes a connection does.
 */
export async function waitUntilReady(
  container: Pick<RunningContainer, 'exited' | 'hasExited' | 'listening' | 'connects'>,
  limitMs: number,
): Promise<Readiness> {
  const started = performance.now();
  const left = (): number => limitMs - (performance.now() - started);
  while (!container.hasExited()) {
    const sockets = await container.listening();
    const socket = await firstOpen(sockets, container, left);
    if (socket !== null) {
      const elapsedMs = performance.now() - started;
      await waitFor(container.exited, STAYS_ALIVE_MS);
      return container.hasExited() ? { kind: 'ended' } : { kind: 'ready', socket, elapsedMs };
    }
    if (left() <= 0) return { kind: 'silent' };
    await waitFor(
      container.exited,
      Math.min(sockets.length === 0 ? LOOK_AGAIN_MS : CONNECT_AGAIN_MS, left()),
    );
  }
  return { kind: 'ended' };
}

/** A program may have thousands of sockets that take no connection. */
async function firstOpen(
  sockets: readonly ListeningSocket[],
  container: Pick<RunningContainer, 'connects'>,
  left: () => number,
): Promise<ListeningSocket | null> {
  for (const socket of sockets) {
    if (await container.connects(socket)) return socket;
    if (left() <= 0) return null;
  }
  return null;
}

async function waitFor(exited: Promise<void>, ms: number): Promise<void> {
  await Promise.race([exited, sleep(ms, undefined, { ref: false })]);
}
