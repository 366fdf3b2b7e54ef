import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Vitest's global set-up of the e2e tests: they run the CLI that users get, so dist/ must be of these sources. They run a
 * copy, because a build meanwhile would replace the files of a process that has not loaded all of them yet.
 */
export function setup(): () => void {
  const root = join(import.meta.dirname, '..');
  execFileSync(process.execPath, ['scripts/build.mjs', '--if-stale'], { cwd: root, stdio: ['ignore', 2, 2] });
  const copy = join(root, `.work/e2e-${process.pid}`);
  mkdirSync(copy, { recursive: true });
  for (const part of ['cli.cjs', 'cli'])
    cpSync(join(root, 'dist', part), join(copy, part), { recursive: true });
  process.env['MORSEL_TEST_CLI'] = join(copy, 'cli.cjs');
  return () => rmSync(copy, { recursive: true, force: true });
}
