import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Vitest's global set-up of the e2e tests: they run the CLI that users get, so dist/ must be of these sources. */
export function setup(): void {
  const root = join(import.meta.dirname, '..');
  execFileSync(process.execPath, ['scripts/build.mjs', '--if-stale'], { cwd: root, stdio: ['ignore', 2, 2] });
}
