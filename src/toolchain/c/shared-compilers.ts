import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { PlannedFile, PlanOptions } from '../plan.ts';
import type { CToolchain } from './c-toolchain.ts';

/** Compilers under paths that are the same for all projects. */
export interface SharedCompilers {
  /** Absolute. */
  readonly directory: string;
  readonly files: readonly PlannedFile[];
}

/**
 * A folder for a rung's compilers that all projects share: the go command and crates compile C code anew when the path of
 * the compiler changes. It is named after what is in it, so that no path ever means another compiler. Pure.
 * @param filesIn what is written into a folder.
 */
export function sharedCompilers(
  options: Pick<PlanOptions, 'sharedDirectory' | 'workDirectory'>,
  { label }: Pick<CToolchain, 'label'>,
  filesIn: (directory: string) => readonly PlannedFile[],
): SharedCompilers {
  const key = createHash('sha256')
    .update(JSON.stringify(filesIn('/')))
    .digest('hex')
    .slice(0, 12);
  const name = `${label.replaceAll(/[^\w.-]+/g, '-')}-${key}`;
  const directory = join(options.sharedDirectory ?? options.workDirectory, 'compilers', name);
  return { directory, files: filesIn(directory) };
}
