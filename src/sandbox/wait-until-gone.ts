import { setTimeout as sleep } from 'node:timers/promises';

/** How long killed processes may take to be gone. */
const CLEANUP_MS = 2_000;
const CLEANUP_STEP_MS = 5;

/** Waits for what ends soon after its processes were killed; what is still there then stays. */
export async function waitUntilGone(isGone: () => boolean): Promise<void> {
  const deadline = performance.now() + CLEANUP_MS;
  while (!isGone() && performance.now() < deadline) await sleep(CLEANUP_STEP_MS);
}
