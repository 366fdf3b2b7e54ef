import { join } from 'node:path';

/** Where generated compilers note which words of a project they leave out; below the folder that ends with a build. */
export function leftOutFile(workDirectory: string): string {
  return join(workDirectory, 'tmp', 'left-out');
}
