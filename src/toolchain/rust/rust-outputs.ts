import { join } from 'node:path';
import type { RustProject } from '../../project/project.ts';
import type { Artifact, CompilePlan, PlanOptions } from '../plan.ts';
import type { RustContext } from './rust-linkers.ts';

/** Where cargo would leave a Cargo.lock in sources that have none. */
export function lentLockFile(project: RustProject, options: PlanOptions): Pick<CompilePlan, 'lockFile'> {
  if (project.hasLockFile) return {};
  const kept = join(options.workDirectory, 'Cargo.lock');
  return { lockFile: { path: join(project.workspaceRoot, 'Cargo.lock'), kept } };
}

/** Where cargo puts the programs. */
export function artifactOf({ project, triple }: Pick<RustContext, 'project' | 'triple'>): Artifact {
  const directory = join(project.settings.targetDirectory, triple, 'release');
  const others = project.otherPrograms.map(({ binary }) => join(directory, binary));
  return { kind: 'file', path: join(directory, project.binary), others };
}
