import { dirname, join, resolve } from 'node:path';
import { readProjectFile } from './project-file.ts';
import { isTable, parseToml, stringOf, stringsOf, tableAt, type TomlTable } from './toml-values.ts';

const MAX_PARENTS = 64;

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's own cargo settings that a plan must not lose. Cargo reference, "Configuration". */
export interface CargoSettings {
  /** Where cargo puts what it builds. Absolute. */
  readonly targetDirectory: string;
  readonly cargoHome: string | null;
  /** RUSTFLAGS or CARGO_ENCODED_RUSTFLAGS of the environment: cargo then looks at no configuration; null when unset. */
  readonly environmentRustflags: readonly string[] | null;
  /** `build.rustflags`, which cargo forgets as soon as flags are given for a target. */
  readonly buildRustflags: readonly string[];
  /** Variables for C code that the user has set already, by name: `CC_x86_64_unknown_linux_musl`, `OPENSSL_DIR`. */
  readonly compilerVariables: readonly string[];
}

/** Reads `.cargo/config.toml` from the directory up to `/` and in CARGO_HOME, nearest first, and the environment. */
export function readCargoSettings(directory: string, workspaceRoot: string, env: Environment): CargoSettings {
  const cargoHome = env['CARGO_HOME'] ?? (env['HOME'] === undefined ? null : join(env['HOME'], '.cargo'));
  const configs = readConfigs(directory, cargoHome);
  return {
    targetDirectory: targetDirectory(configs, directory, workspaceRoot, env),
    cargoHome,
    environmentRustflags: environmentRustflags(env),
    buildRustflags: buildRustflags(configs, env),
    compilerVariables: Object.keys(env)
      .filter(
        (name) => env[name] !== undefined && /^(CC|CXX|AR|CFLAGS|CXXFLAGS)_|OPENSSL_(LIB_)?DIR$/.test(name),
      )
      .toSorted(),
  };
}

interface Config {
  /** The folder that holds `.cargo`: relative paths start there. */
  readonly base: string;
  readonly toml: TomlTable;
}

function readConfigs(directory: string, cargoHome: string | null): readonly Config[] {
  const folders: string[] = [];
  let current = resolve(directory);
  for (let depth = 0; depth < MAX_PARENTS; depth++) {
    folders.push(join(current, '.cargo'));
    if (current === dirname(current)) break;
    current = dirname(current);
  }
  if (cargoHome !== null && !folders.includes(cargoHome)) folders.push(cargoHome);
  return folders.flatMap((folder) => {
    // `config` without ending is the older name and wins, as in cargo.
    for (const path of [join(folder, 'config'), join(folder, 'config.toml')]) {
      const text = readProjectFile(path);
      if (text !== null) return [{ base: dirname(folder), toml: parseToml(text, path) }];
    }
    return [];
  });
}

function targetDirectory(
  configs: readonly Config[],
  directory: string,
  workspaceRoot: string,
  env: Environment,
): string {
  const fromEnvironment = env['CARGO_TARGET_DIR'] ?? env['CARGO_BUILD_TARGET_DIR'];
  if (fromEnvironment !== undefined && fromEnvironment !== '') return resolve(directory, fromEnvironment);
  for (const { base, toml } of configs) {
    const configured = stringOf(tableAt(toml, 'build')['target-dir']);
    if (configured !== null) return resolve(base, configured);
  }
  return join(workspaceRoot, 'target');
}

function environmentRustflags(env: Environment): readonly string[] | null {
  const encoded = env['CARGO_ENCODED_RUSTFLAGS'];
  if (encoded !== undefined) return encoded.split('\x1f').filter((flag) => flag !== '');
  const plain = env['RUSTFLAGS'];
  return plain === undefined ? null : words(plain);
}

/** Arrays of several files are joined; `target.*.rustflags` anywhere makes cargo ignore `build.rustflags`. */
function buildRustflags(configs: readonly Config[], env: Environment): readonly string[] {
  const hasTargetFlags = configs.some(({ toml }) =>
    Object.values(tableAt(toml, 'target')).some(
      (target) => isTable(target) && target['rustflags'] !== undefined,
    ),
  );
  if (hasTargetFlags) return [];
  const configured = configs.toReversed().flatMap(({ toml }) => flagsOf(tableAt(toml, 'build')['rustflags']));
  return [...configured, ...words(env['CARGO_BUILD_RUSTFLAGS'] ?? '')];
}

function flagsOf(value: unknown): readonly string[] {
  return typeof value === 'string' ? words(value) : stringsOf(value);
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
