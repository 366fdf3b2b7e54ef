import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findTool, isExecutableFile } from '../../core/find-tool.ts';
import { namesIn } from './search-path.ts';
import { askTool, type AskOptions, toolWithVersion } from './ask-tool.ts';
import type { Tool } from './tools.ts';

/**
 * zig in PATH, or the one inside the Python package `ziglang` (its official packaging on PyPI). The package's program
 * is named itself: `python3 -m ziglang` costs a Python interpreter for every source file.
 */
export async function findZig(directories: readonly string[], options: AskOptions): Promise<Tool | null> {
  const path =
    findTool('zig', directories) ??
    inSitePackages(directories, options.env) ??
    (await askPython(directories, options));
  return toolWithVersion(path, ['version'], options);
}

/** Looks where pip installs, beside each python3, for the user, and for pyenv: starting Python takes 20 to 100 ms. */
function inSitePackages(directories: readonly string[], env: AskOptions['env']): string | null {
  const prefixes = [
    ...(env['VIRTUAL_ENV'] === undefined ? [] : [env['VIRTUAL_ENV']]),
    ...directories.flatMap((directory) => pythonPrefixes(directory)),
    ...(env['HOME'] === undefined ? [] : [join(env['HOME'], '.local')]),
    '/usr/local',
  ];
  for (const prefix of new Set(prefixes)) {
    const versions = namesIn(join(prefix, 'lib')).filter((name) => /^python3(\.\d+)?$/.test(name));
    for (const packages of versions.flatMap((name) => [`${name}/site-packages`, `${name}/dist-packages`])) {
      const path = join(prefix, 'lib', packages, 'ziglang/zig');
      if (isExecutableFile(path)) return path;
    }
  }
  return null;
}

function pythonPrefixes(directory: string): readonly string[] {
  const python = join(directory, 'python3');
  if (!isExecutableFile(python)) return [];
  if (!directory.endsWith('/shims')) return [dirname(directory), dirname(dirname(realpathSync(python)))];
  const versions = join(dirname(directory), 'versions');
  return namesIn(versions).map((name) => join(versions, name));
}

async function askPython(directories: readonly string[], options: AskOptions): Promise<string | null> {
  const python = findTool('python3', directories);
  if (python === null) return null;
  // -I: neither a module of the current folder nor one of PYTHONPATH is taken for Python's own.
  const script = 'import importlib.util as u; s = u.find_spec("ziglang"); print(s.origin if s else "")';
  const origin = await askTool(
    { path: python, argvPrefix: [], version: null },
    ['-I', '-c', script],
    options,
  );
  const path = join(dirname((origin ?? '').trim()), 'zig');
  return path.startsWith('/') && isExecutableFile(path) ? path : null;
}
