import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Is a reference tool (readelf, skopeo, musl-gcc …) here? For `it.skipIf(!hasTool('skopeo'))`: an absent tool skips the test.
 * In CI (`CI` is set) an absent tool is a failure: scripts/system-packages.json must name its package.
 */
export function hasTool(name: string): boolean {
  const found = toolPath(name) !== undefined;
  if (!found && isCi())
    throw new Error(`${name} is not installed; in CI that is a failure (scripts/system-packages.json)`);
  return found;
}

/** The same for something that is not a program in PATH: a library, a Python module, a kernel feature. */
export function requireInCi(what: string, isThere: boolean): boolean {
  if (!isThere && isCi()) throw new Error(`${what} is not here; in CI that is a failure`);
  return isThere;
}

/** `hasTool` for a test that cannot be skipped: the tool's path, or an error. */
export function requireTool(name: string): string {
  const path = toolPath(name);
  if (path === undefined)
    throw new Error(`${name} is not installed (scripts/system-packages.json has its package)`);
  return path;
}

/** Where a program is, also in the folders of administrators' tools, which ordinary users' PATH lacks. */
export function toolPath(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** `python3 -m MODULE` works, as for `ziglang`. */
export function hasPythonModule(name: string): boolean {
  const found = spawnSync('python3', ['-c', `import ${name}`], { stdio: 'ignore' }).status === 0;
  return requireInCi(`Python's module ${name}`, found);
}

export function isCi(): boolean {
  const value = process.env['CI'];
  return value !== undefined && value !== '' && value !== 'false';
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
