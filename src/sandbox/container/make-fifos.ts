import { execFileSync } from 'node:child_process';
import { attempt } from '../../core/write-error.ts';
import { requireTool } from '../require-tool.ts';

/** FIFOs in a run's folder; Node makes none. Errors: SANDBOX_MISSING, WRITE_FAILED, DISK_FULL. */
export function makeFifos(paths: readonly [string, ...string[]], mode: '600' | '666'): void {
  const mkfifo = requireTool('mkfifo');
  attempt(paths[0], () => execFileSync(mkfifo, ['-m', mode, '--', ...paths], { stdio: 'ignore' }));
}
