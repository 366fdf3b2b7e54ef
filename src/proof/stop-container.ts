import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningContainer } from '../sandbox/index.ts';

/** docker gives 10 s; a program that has not ended after these ignores the signal. */
export const STOP_GRACE_MS = 3_000;

/**
 * Tells a program to stop, and whether it did. One that never gets the signal is not waited for: docker sends it once too.
 * It is asked on both sides of it, since a handler may take itself away when it runs.
 */
export async function stopContainer(
  container: Pick<RunningContainer, 'drops' | 'kill' | 'exited' | 'hasExited'>,
  signal: number,
  graceMs = STOP_GRACE_MS,
): Promise<boolean> {
  const isDropped = container.drops(signal);
  container.kill(signal);
  if (isDropped && container.drops(signal)) return container.hasExited();
  await Promise.race([container.exited, sleep(graceMs, undefined, { ref: false })]);
  return container.hasExited();
}
