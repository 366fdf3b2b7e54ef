import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { absoluteDirectories, isExecutableFile } from '../../core/find-tool.ts';

/** More entries than any real PATH has; the rest is not looked at. */
const MAX_SEARCH_DIRECTORIES = 128;

/** The folders in which the user's own compilers are looked for: those of PATH, and no others of the system. */
export function searchDirectories(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const all = absoluteDirectories(env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin');
  return [...new Set(all)].slice(0, MAX_SEARCH_DIRECTORIES);
}

/** Every executable whose name matches, first folder first, one path a name. */
export function findPrograms(pattern: RegExp, directories: readonly string[]): readonly string[] {
  const found = new Map<string, string>();
  for (const directory of directories) {
    for (const name of namesIn(directory)) {
      if (!found.has(name) && pattern.test(name) && isExecutableFile(join(directory, name))) {
        found.set(name, join(directory, name));
      }
    }
  }
  return [...found.values()].toSorted();
}

/** Names in a folder; none when it cannot be read. */
export function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
