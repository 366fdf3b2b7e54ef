import { dirname, join, relative, resolve } from 'node:path';
import { type CargoManifest, readCargoManifest } from './cargo-manifest.ts';
import { directoryNames } from './project-file.ts';

/** Folders that a `members` pattern may expand to; more than any workspace has. */
const MAX_MEMBERS = 4_000;
const MAX_PARENTS = 64;

export interface CargoTree {
  readonly root: CargoManifest;
  /** Packages that `cargo build` builds in the directory: what was asked for when nothing else is said. */
  readonly scope: readonly CargoManifest[];
  /** Every package of the workspace. */
  readonly packages: readonly CargoManifest[];
}

/** The manifest in a directory and the workspace that it belongs to; null where there is no Cargo.toml. */
export function readCargoTree(directory: string): CargoTree | null {
  const own = readCargoManifest(directory);
  if (own === null) return null;
  const root = own.workspace === null ? (workspaceAbove(own) ?? own) : own;
  const inherited = root.workspace?.package ?? {};
  const manifest = root === own ? own : (readCargoManifest(directory, inherited) ?? own);
  const members = root.workspace === null ? [] : readMembers(root, root.workspace.members);
  const packages = unique([...(root === manifest ? [] : [manifest]), root, ...members]).filter(isPackage);
  return { root, scope: scopeOf(root, manifest, packages), packages };
}

/** Cargo's default selection: the package of the directory; in a workspace's root its `default-members`, or all. */
function scopeOf(
  root: CargoManifest,
  manifest: CargoManifest,
  packages: readonly CargoManifest[],
): readonly CargoManifest[] {
  if (manifest !== root) return [manifest];
  const chosen = root.workspace?.defaultMembers ?? null;
  if (chosen !== null) {
    const directories = new Set(expandMembers(root, chosen));
    return packages.filter(({ directory }) => directories.has(directory));
  }
  return isPackage(root) ? [root] : packages;
}

/** The nearest folder above whose Cargo.toml has a [workspace] that does not exclude the package. */
function workspaceAbove(own: CargoManifest): CargoManifest | null {
  let directory = dirname(own.directory);
  for (let depth = 0; depth < MAX_PARENTS; depth++) {
    const manifest = readCargoManifest(directory);
    if (manifest?.workspace !== null && manifest !== null)
      return excludes(manifest, own.directory) ? null : manifest;
    if (directory === dirname(directory)) return null;
    directory = dirname(directory);
  }
  return null;
}

function excludes(root: CargoManifest, directory: string): boolean {
  const path = relative(root.directory, directory);
  const excluded = root.workspace?.exclude ?? [];
  const isBelow = (prefix: string): boolean => path === prefix || path.startsWith(`${prefix}/`);
  if (excluded.some((prefix) => isBelow(join(prefix)))) return true;
  // A package that the workspace does not list may still be a path dependency of a member; cargo decides then.
  return false;
}

function readMembers(root: CargoManifest, patterns: readonly string[]): readonly CargoManifest[] {
  return expandMembers(root, patterns)
    .filter((directory) => !excludes(root, directory))
    .flatMap((directory) => readCargoManifest(directory, root.workspace?.package) ?? []);
}

/** Cargo's globs: `crates/*`, `tools/{name}-*`; a `*` does not cross a slash. Sorted. */
function expandMembers(root: CargoManifest, patterns: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const pattern of patterns) {
    for (const directory of expand(
      root.directory,
      pattern.split('/').filter((part) => part !== ''),
    )) {
      if (found.size >= MAX_MEMBERS) break;
      found.add(resolve(directory));
    }
  }
  return [...found].toSorted();
}

function expand(directory: string, parts: readonly string[]): readonly string[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [directory];
  if (part === '**') {
    const below = directoryNames(directory).directories.filter(
      (name) => !name.startsWith('.') && name !== 'target',
    );
    return [
      ...expand(directory, rest),
      ...below.slice(0, MAX_MEMBERS).flatMap((name) => expand(join(directory, name), parts)),
    ];
  }
  if (!/[*?[]/.test(part)) return expand(join(directory, part), rest);
  const pattern = globPattern(part);
  return directoryNames(directory)
    .directories.filter((name) => pattern.test(name))
    .flatMap((name) => expand(join(directory, name), rest));
}

function globPattern(part: string): RegExp {
  const source = part
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /^$/; // an unclosed bracket matches nothing, as in cargo
  }
}

function isPackage(manifest: CargoManifest): boolean {
  return manifest.package !== null;
}

function unique(manifests: readonly CargoManifest[]): readonly CargoManifest[] {
  return [...new Map(manifests.map((manifest) => [manifest.directory, manifest])).values()];
}
