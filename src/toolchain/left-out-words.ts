import { join } from 'node:path';

/** Where generated compilers and pkg-config note what they were asked for in vain; below the same folder. */
export function lackedFile(workDirectory: string): string {
  return join(workDirectory, 'tmp', 'lacked');
}

/** Where generated compilers note which words of a project they leave out; below the folder that ends with a build. */
export function leftOutFile(workDirectory: string): string {
  return join(workDirectory, 'tmp', 'left-out');
}

/** Into which generated compilers write how they are called, a file each; below the folder that ends with a build. */
export function callsFolder(workDirectory: string): string {
  return join(workDirectory, 'tmp', 'calls');
}
