import type { ClosureRequest } from './closure.ts';

/**
 * What an environment says to a loader: LD_LIBRARY_PATH and LD_PRELOAD; empty elements and relative paths are looked up
 * from the working directory.
 */
export function loaderEnvironment(
  env: Readonly<Record<string, string>>,
  cwd: string,
): Pick<ClosureRequest, 'libraryPath' | 'preload' | 'cwd'> {
  const preload = env['LD_PRELOAD'];
  return {
    libraryPath: env['LD_LIBRARY_PATH'],
    preload: preload === undefined || preload === '' ? undefined : [preload],
    cwd,
  };
}
