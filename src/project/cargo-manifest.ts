import { join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { directoryNames, isFile, readProjectFile } from './project-file.ts';
import { isTable, parseToml, stringOf, stringsOf, tableAt, tablesOf, type TomlTable } from './toml-values.ts';

/** One Cargo.toml, as far as it says what can be built. Cargo reference, "The Manifest Format". */
export interface CargoManifest {
  readonly directory: string;
  readonly package: CargoPackage | null;
  readonly workspace: CargoWorkspace | null;
  readonly release: { readonly lto: boolean; readonly panicAbort: boolean };
}

export interface CargoPackage {
  readonly name: string;
  readonly version: string | null;
  readonly license: string | null;
  /** `rust-version`: the oldest compiler that the package accepts. */
  readonly rustVersion: string | null;
  readonly defaultRun: string | null;
  /** Where its sources live. */
  readonly repository: string | null;
  readonly binaries: readonly CargoBinary[];
}

export interface CargoBinary {
  readonly name: string;
  /** `required-features` that are not among the default ones: without them cargo does not build it. */
  readonly missingFeatures: readonly string[];
}

export interface CargoWorkspace {
  readonly members: readonly string[];
  readonly exclude: readonly string[];
  readonly defaultMembers: readonly string[] | null;
  /** `[workspace.package]`, for `version.workspace = true`. */
  readonly package: TomlTable;
}

/** Reads `DIRECTORY/Cargo.toml`; null when there is none. `inherited` is the workspace's `[workspace.package]`. */
export function readCargoManifest(directory: string, inherited: TomlTable = {}): CargoManifest | null {
  const path = join(directory, 'Cargo.toml');
  const text = readProjectFile(path);
  if (text === null) return null;
  const toml = parseToml(text, path);
  const workspace = isTable(toml['workspace']) ? readWorkspace(toml['workspace']) : null;
  return {
    directory,
    package: readPackage(directory, toml, workspace?.package ?? inherited),
    workspace,
    release: readRelease(tableAt(toml, 'profile', 'release')),
  };
}

function readWorkspace(table: TomlTable): CargoWorkspace {
  return {
    members: stringsOf(table['members']),
    exclude: stringsOf(table['exclude']),
    defaultMembers: Array.isArray(table['default-members']) ? stringsOf(table['default-members']) : null,
    package: tableAt(table, 'package'),
  };
}

function readRelease(table: TomlTable): CargoManifest['release'] {
  const lto = table['lto'];
  return { lto: lto === true || lto === 'fat' || lto === 'thin', panicAbort: table['panic'] === 'abort' };
}

function readPackage(directory: string, toml: TomlTable, inherited: TomlTable): CargoPackage | null {
  const table = tableAt(toml, 'package');
  const name = stringOf(table['name']);
  if (name === null) return null;
  checkName(name, directory);
  const field = (key: string): string | null => {
    const value = table[key];
    return isTable(value) && value['workspace'] === true ? stringOf(inherited[key]) : stringOf(value);
  };
  return {
    name,
    version: field('version'),
    license: field('license'),
    rustVersion: field('rust-version'),
    repository: field('repository'),
    defaultRun: stringOf(table['default-run']),
    binaries: readBinaries(directory, name, toml, table['autobins'] !== false),
  };
}

function isName(name: string): boolean {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_-]{0,254}$/u.test(name);
}

/** As cargo checks it: such a name would be a flag of cargo's command line, or a path out of the target folder. */
function checkName(name: string, directory: string): void {
  if (isName(name)) return;
  throw new MorselError(
    'CONFIG_INVALID',
    `${join(directory, 'Cargo.toml')}: "${name}" is no name that cargo takes`,
    {
      hint: 'use letters, digits, `-` and `_`',
    },
  );
}

/** `[[bin]]` tables and what cargo finds by itself: src/main.rs, src/bin/NAME.rs, src/bin/NAME/main.rs. */
function readBinaries(
  directory: string,
  packageName: string,
  toml: TomlTable,
  auto: boolean,
): readonly CargoBinary[] {
  const defaults = defaultFeatures(tableAt(toml, 'features'));
  const declared = tablesOf(toml['bin']).flatMap((bin) => {
    const name = stringOf(bin['name']);
    if (name !== null) checkName(name, directory);
    const missing = stringsOf(bin['required-features']).filter((feature) => !defaults.has(feature));
    return name === null ? [] : [{ name, missingFeatures: missing, path: stringOf(bin['path']) }];
  });
  const claimed = new Set(declared.flatMap(({ path }) => (path === null ? [] : [join(path)])));
  const found = auto ? autoBinaries(directory, packageName) : [];
  const names = new Set(declared.map(({ name }) => name));
  const own = found.filter(({ name, path }) => isName(name) && !names.has(name) && !claimed.has(path));
  return [
    ...declared.map(({ name, missingFeatures }) => ({ name, missingFeatures })),
    ...own.map(({ name }) => ({ name, missingFeatures: [] })),
  ];
}

function autoBinaries(
  directory: string,
  packageName: string,
): readonly { readonly name: string; readonly path: string }[] {
  const { files, directories } = directoryNames(join(directory, 'src/bin'));
  return [
    ...(isFile(join(directory, 'src/main.rs')) ? [{ name: packageName, path: 'src/main.rs' }] : []),
    ...files
      .filter((name) => name.endsWith('.rs'))
      .map((name) => ({ name: name.slice(0, -'.rs'.length), path: `src/bin/${name}` })),
    ...directories
      .filter((name) => isFile(join(directory, 'src/bin', name, 'main.rs')))
      .map((name) => ({ name, path: `src/bin/${name}/main.rs` })),
  ];
}

/** The closure of feature `default` over the package's own features. */
function defaultFeatures(features: TomlTable): ReadonlySet<string> {
  const enabled = new Set<string>();
  const pending = ['default'];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (enabled.has(name)) continue;
    enabled.add(name);
    for (const feature of stringsOf(features[name])) pending.push(feature);
  }
  return enabled;
}
