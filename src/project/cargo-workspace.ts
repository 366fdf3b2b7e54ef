import { dirname, join, relative, resolve } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { type CargoManifest, readCargoManifest } from './cargo-manifest.ts';
import { matchesGlob } from './glob.ts';
import { directoryNames } from './project-file.ts';

/** Folders that a `members` pattern may expand to; more than any workspace has. */
const MAX_MEMBERS = 4_000;
/** Folders that are looked into for them. */
const MAX_WALKED = 50_000;
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

/** Cargo's globs: `crates/*`, `tools/[ab]-*`, `**`; a `*` does not cross a slash. Sorted. Error: LIMIT_EXCEEDED. */
function expandMembers(root: CargoManifest, patterns: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const walk: Walk = { left: MAX_WALKED };
  for (const pattern of patterns) {
    const parts = pattern
      .split('/')
      .filter((part, index, all) => part !== '' && !(part === '**' && all[index - 1] === '**'));
    for (const directory of expand(root.directory, parts, walk)) {
      if (found.size >= MAX_MEMBERS) break;
      found.add(resolve(directory));
    }
  }
  return [...found].toSorted();
}

/** How many more folders may be looked into, for all patterns of a workspace. */
interface Walk {
  left: number;
}

interface Place {
  readonly directory: string;
  /** How many parts of the pattern lead there. */
  readonly done: number;
}

/** Each folder is looked into once for each part of the pattern: several `**` would meet it in many ways. */
function expand(root: string, parts: readonly string[], walk: Walk): readonly string[] {
  const found: string[] = [];
  const pending: Place[] = [{ directory: root, done: 0 }];
  const seen = new Set<string>();
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    const key = `${place.done} ${place.directory}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (walk.left-- <= 0) throw tooWide(root);
    if (place.done === parts.length) found.push(place.directory);
    else for (const next of stepInto(place, parts[place.done] ?? '')) pending.push(next);
  }
  return found;
}

function stepInto({ directory, done }: Place, part: string): readonly Place[] {
  if (part === '**') {
    const below = directoryNames(directory).directories.filter(
      (name) => !name.startsWith('.') && name !== 'target',
    );
    return [
      { directory, done: done + 1 },
      ...below.map((name) => ({ directory: join(directory, name), done })),
    ];
  }
  if (!/[*?[]/.test(part)) return [{ directory: join(directory, part), done: done + 1 }];
  return directoryNames(directory)
    .directories.filter((name) => matchesGlob(part, name))
    .map((name) => ({ directory: join(directory, name), done: done + 1 }));
}

function tooWide(root: string): MorselError {
  return new MorselError(
    'LIMIT_EXCEEDED',
    `the workspace members of ${root} are looked for in more than ${MAX_WALKED} folders`,
    {
      hint: 'list the members in Cargo.toml in place of wide patterns',
    },
  );
}

function isPackage(manifest: CargoManifest): boolean {
  return manifest.package !== null;
}

function unique(manifests: readonly CargoManifest[]): readonly CargoManifest[] {
  return [...new Map(manifests.map((manifest) => [manifest.directory, manifest])).values()];
}
