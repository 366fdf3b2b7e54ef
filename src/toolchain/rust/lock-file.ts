import { join } from 'node:path';
import type { RustProject } from '../../project/project.ts';
import type { CompilePlan, PlanOptions } from '../plan.ts';

/** Where cargo would leave a Cargo.lock in sources that have none. */
export function lentLockFile(project: RustProject, options: PlanOptions): Pick<CompilePlan, 'lockFile'> {
  if (project.hasLockFile) return {};
  const kept = join(options.workDirectory, 'Cargo.lock');
  return { lockFile: { path: join(project.workspaceRoot, 'Cargo.lock'), kept } };
}
