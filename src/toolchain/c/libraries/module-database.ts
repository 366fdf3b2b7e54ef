import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTextIfAny } from '../../../core/read-small-file.ts';

/** More `.pc` files than a machine with every library of Debian has in one folder. */
const MAX_MODULES = 5_000;
const MODULE_LIMIT_BYTES = 64 * 1024;
const MAX_EXPANSIONS = 32;

/** What a `.pc` file says of its headers; pkg-config itself is asked for the rest. */
interface Module {
  readonly name: string;
  /** Folders of `-I` that no compiler looks in by itself. */
  readonly folders: readonly string[];
}

/**
 * The module of pkg-config that has a header which no table knows: by the folder that its `Cflags` add, else by its name:
 * `foo.h` and `foo/bar.h` belong to `foo` or `libfoo`, where they are. null where none does.
 */
export function moduleOfHeader(
  header: string,
  directories: readonly string[],
  standard: readonly string[],
): string | null {
  const stem = (header.split('/', 1)[0] ?? '').replace(/\.\w{1,3}$/, '').toLowerCase();
  const isInstalled = standard.some((folder) => existsSync(join(folder, header)));
  for (const directory of directories) {
    for (const name of modulesIn(directory)) {
      const plain = name.toLowerCase();
      if (isInstalled && (plain === stem || plain === `lib${stem}`)) return name;
      if (isInstalled) continue;
      const { folders } = readModule(join(directory, `${name}.pc`), name, standard);
      if (folders.some((folder) => existsSync(join(folder, header)))) return name;
    }
  }
  return null;
}

function modulesIn(directory: string): readonly string[] {
  try {
    const files = readdirSync(directory).filter((name) => name.endsWith('.pc'));
    return files
      .map((name) => name.slice(0, -3))
      .toSorted()
      .slice(0, MAX_MODULES);
  } catch {
    return [];
  }
}

function readModule(path: string, name: string, standard: readonly string[]): Module {
  const variables = new Map<string, string>();
  let cflags = '';
  for (const line of (readTextIfAny(path, MODULE_LIMIT_BYTES) ?? '').split('\n')) {
    const variable = /^([A-Za-z_]\w{0,100})[ \t]{0,9}=[ \t]{0,9}(.{0,1000})$/.exec(line);
    if (variable !== null) variables.set(variable[1] ?? '', variable[2] ?? '');
    else if (line.startsWith('Cflags:')) cflags = line.slice('Cflags:'.length);
  }
  const words = expand(cflags, variables).split(/\s+/);
  const folders = words.flatMap((word) => (word.startsWith('-I/') ? [word.slice(2)] : []));
  return { name, folders: folders.filter((folder) => !standard.includes(folder)) };
}

/** `${includedir}/x`; a value may name others, or itself. */
function expand(text: string, variables: ReadonlyMap<string, string>): string {
  let expanded = text;
  for (let round = 0; round < MAX_EXPANSIONS && expanded.includes('${'); round++) {
    expanded = expanded
      .replaceAll(/\$\{(\w{1,100})\}/g, (_, name: string) => variables.get(name) ?? '')
      .slice(0, MODULE_LIMIT_BYTES);
  }
  return expanded;
}
