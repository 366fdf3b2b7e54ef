import { MorselError } from '../core/errors.ts';
import { listNames } from '../core/list-names.ts';
import { readCargoLock } from './cargo-lock.ts';
import type { CargoBinary, CargoManifest, CargoPackage } from './cargo-manifest.ts';
import { readCargoSettings } from './cargo-config.ts';
import { type CargoTree, readCargoTree } from './cargo-workspace.ts';
import { imageName } from './image-name.ts';
import { detectLicense } from './license.ts';
import type { ProjectLanguage } from './language.ts';
import { namesOfProject } from './names-of-project.ts';
import type { ProjectNote, RustProject } from './project.ts';
import { readWantedRust } from './rust-toolchain.ts';

export const RUST: ProjectLanguage = {
  kind: 'rust',
  title: 'Rust',
  manifest: 'Cargo.toml',
  makeManifest: 'cargo init',
  readWith: ['Cargo.lock', 'rust-toolchain', 'rust-toolchain.toml'],
  suffix: '.rs',
  hasPackagesBelow: false,
  detect: detectRust,
};

export interface DetectRustOptions {
  /** `--bin`; undefined when nothing was chosen. */
  readonly binary?: string | undefined;
  /** The user's environment (CARGO_HOME, RUSTFLAGS …); this process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * A Cargo project in a directory; null where there is no Cargo.toml. Reads files only: cargo need not be there.
 * Errors: AMBIGUOUS_PROJECT (several binaries, listed), NO_PROJECT (a library, or no such binary), CONFIG_INVALID.
 */
export function detectRust(directory: string, options: DetectRustOptions = {}): RustProject | null {
  const tree = readCargoTree(directory);
  if (tree === null) return null;
  const choice = chooseBinary(tree, options.binary);
  const { manifest, package: own, binary } = choice.taken;
  const root = tree.root.directory;
  const env = options.env ?? process.env;
  const lock = readCargoLock(root);
  return {
    kind: 'rust',
    name: imageName(binary.name),
    version: own.version,
    // `MIT/Apache-2.0` is Cargo's older spelling of SPDX's OR.
    license:
      own.license
        ?.split('/')
        .map((part) => part.trim())
        .join(' OR ') ??
      detectLicense(manifest.directory) ??
      detectLicense(root),
    directory,
    package: own.name,
    packageDirectory: manifest.directory,
    binary: binary.name,
    otherPrograms: [],
    features: binary.missingFeatures,
    workspaceRoot: root,
    rustVersion: own.rustVersion,
    wanted: readWantedRust(manifest.directory, env),
    hasLockFile: lock !== null,
    systemCrates: lock?.systemCrates ?? [],
    profile: tree.root.release,
    settings: readCargoSettings(manifest.directory, root, env),
    notes: notesOf(choice),
    ...(choice.others.length > 0 && { choices: [binary.name, ...choice.others] }),
  };
}

interface Candidate {
  readonly manifest: CargoManifest;
  readonly package: CargoPackage;
  readonly binary: CargoBinary;
}

interface BinaryChoice {
  readonly taken: Candidate;
  /** Binaries that were not taken, though nothing was said. */
  readonly others: readonly string[];
}

function chooseBinary(tree: CargoTree, name: string | undefined): BinaryChoice {
  if (name !== undefined) return { taken: namedBinary(tree, name), others: [] };
  const inScope = candidatesOf(tree.scope);
  // A library at the root with a program in a member, such as `cli/`.
  const all = inScope.length > 0 ? inScope : candidatesOf(tree.packages);
  const buildable = all.filter(({ binary }) => binary.missingFeatures.length === 0);
  const candidates = buildable.length > 0 ? buildable : all;
  const [first] = candidates;
  if (first === undefined) throw noBinary(tree);
  const taken =
    candidates.length === 1
      ? first
      : (defaultOf(candidates) ?? bearerOf(candidates, nameOfTree(tree, candidates)));
  if (taken === null) throw ambiguous(tree, candidates);
  const others = new Set(candidates.filter((one) => one !== taken).map(({ binary }) => binary.name));
  return { taken, others: [...others] };
}

function defaultOf(candidates: readonly Candidate[]): Candidate | null {
  const [first, second] = candidates.filter((one) => one.package.defaultRun === one.binary.name);
  return second === undefined ? (first ?? null) : null;
}

/** The binary that is called as the project: `helix` of helix-term among the tools of its workspace. */
function bearerOf(candidates: readonly Candidate[], project: string | null): Candidate | null {
  const names =
    project === null ? [] : [project, project.replace(/-(cli|bin|rs)$/, ''), ...namesOfProject(project)];
  for (const name of names) {
    const [first, second] = candidates.filter(({ binary }) => binary.name === name);
    if (first !== undefined) return second === undefined ? first : null;
  }
  return null;
}

/** The package's name where all binaries are of one; of a workspace that of its root, or of its repository. */
function nameOfTree({ root }: CargoTree, candidates: readonly Candidate[]): string | null {
  const packages = new Set(candidates.map((one) => one.package));
  const [only] = packages;
  if (packages.size === 1 && only !== undefined) return only.name;
  if (root.package !== null) return root.package.name;
  const repositories = new Set(
    [...packages].map(({ repository }) => repository?.slice(0, 300).replace(/(\.git)?\/*$/, '') ?? null),
  );
  const [repository = null] = repositories;
  return repositories.size === 1 ? (repository?.split('/').at(-1) ?? null) : null;
}

function notesOf({ taken, others }: BinaryChoice): readonly ProjectNote[] {
  const [other] = others;
  if (other === undefined) return [];
  const message = `took the binary ${taken.binary.name}; there is also ${listNames(others, NAMED_LIMIT)}`;
  return [{ message, hint: `choose another with --bin, as in: --bin ${other}` }];
}

/** Of binaries, in a message. */
const NAMED_LIMIT = 20;

function namedBinary(tree: CargoTree, name: string): Candidate {
  const matches = (manifests: readonly CargoManifest[]): readonly Candidate[] =>
    candidatesOf(manifests).filter(({ binary }) => binary.name === name);
  const inScope = matches(tree.scope);
  const found = inScope.length > 0 ? inScope : matches(tree.packages);
  const [first] = found;
  if (first === undefined) {
    const known = candidatesOf(tree.packages).map(({ binary }) => binary.name);
    throw new MorselError('NO_PROJECT', `no binary \`${name}\` in ${tree.root.directory}`, {
      hint: known.length === 0 ? LIBRARY_HINT : `choose one with --bin: ${known.join(', ')}`,
      details: { candidates: known },
    });
  }
  if (found.length > 1) {
    const packages = found.map((one) => one.package.name);
    throw new MorselError(
      'AMBIGUOUS_PROJECT',
      `several packages have a binary \`${name}\`: ${packages.join(', ')}`,
      {
        hint: `give the package's folder: morsel build ${first.manifest.directory}`,
        details: { candidates: packages },
      },
    );
  }
  return first;
}

function candidatesOf(manifests: readonly CargoManifest[]): readonly Candidate[] {
  return manifests.flatMap((manifest) => {
    const own = manifest.package;
    return own === null ? [] : own.binaries.map((binary) => ({ manifest, package: own, binary }));
  });
}

function ambiguous(tree: CargoTree, candidates: readonly Candidate[]): MorselError {
  const names = [...new Set(candidates.map(({ binary }) => binary.name))];
  const shown = names.map((name) => `--bin ${name}`).join(', ');
  return new MorselError(
    'AMBIGUOUS_PROJECT',
    `${tree.root.directory} has several binaries: ${names.join(', ')}`,
    {
      hint: `choose one: ${shown}; or set \`default-run\` in Cargo.toml`,
      details: { candidates: names },
    },
  );
}

const LIBRARY_HINT = 'add src/main.rs or a [[bin]], or give the folder of the package that has one';

function noBinary(tree: CargoTree): MorselError {
  return new MorselError(
    'NO_PROJECT',
    `${tree.root.directory} has a Cargo.toml, but no binary: it is a library`,
    { hint: LIBRARY_HINT },
  );
}
