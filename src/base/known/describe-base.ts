import { compareBytes } from '../../core/compare-bytes.ts';
import { type ElfFacts, loaderCpuLevel, readElf } from '../../elf/index.ts';
import { muslVersion } from '../../loader/index.ts';
import { fulfilledNeeds } from '../../needs/index.ts';
import type { FileTree } from '../../rootfs/file-tree.ts';
import type { Base, BaseLibrary } from './base.ts';
import { describeVersions } from './library-versions.ts';

/** Directories that a dynamic loader searches by itself, per Debian's, Fedora's and Alpine's loaders. */
const LIBRARY_DIRECTORIES = ['/lib', '/usr/lib', '/lib64', '/usr/lib64', '/usr/local/lib'];
const TRIPLET = /^[a-z0-9_]+-linux-(gnu|musl)[a-z0-9]*$/;
/** Shared objects looked at; a base has some hundred. */
const LIBRARY_LIMIT = 20_000;

/** glibc's: the check of the processor is there. */
const LOADER = /^(ld-linux|ld64\.so)/;

/** A base of which all libraries are known. */
export interface DescribedBase extends Base {
  readonly libraries: ReadonlyMap<string, BaseLibrary>;
}

/** Reads a tree as a base: its loader, its libraries with their symbol versions, and the needs that its files fulfil. */
export function describeBase(name: string, tree: FileTree, source: string): DescribedBase {
  const libraries = new Map<string, BaseLibrary>();
  let libc: Base['libc'] = null;
  let cpuLevel: string | null = null;
  for (const path of libraryPaths(tree)) {
    const facts = readLibrary(tree, path);
    if (facts === null) continue;
    const soname = facts.soname ?? path.slice(path.lastIndexOf('/') + 1);
    if (!libraries.has(soname)) libraries.set(soname, describeVersions(facts.versionDefinitions));
    const found = libcOf(soname, facts, path, tree);
    if (LOADER.test(soname)) cpuLevel ??= cpuLevelAt(tree, path, facts);
    libc ??= found;
  }
  const sorted = new Map([...libraries].sort(([a], [b]) => compareBytes(a, b)));
  return {
    name,
    source,
    platforms: null,
    libc,
    ...(cpuLevel === null ? {} : { cpuLevel }),
    libraries: sorted,
    complete: true,
    fulfils: fulfilledNeeds(tree),
  };
}

function libraryPaths(tree: FileTree): readonly string[] {
  const directories = LIBRARY_DIRECTORIES.flatMap((directory) => [
    directory,
    ...tree
      .list(directory)
      .filter((name) => TRIPLET.test(name))
      .map((name) => `${directory}/${name}`),
  ]);
  const paths = directories.flatMap((directory) =>
    tree
      .list(directory)
      .filter((name) => /\.so(\.|$)/.test(name))
      .map((name) => `${directory}/${name}`),
  );
  return paths.slice(0, LIBRARY_LIMIT);
}

function readLibrary(tree: FileTree, path: string): ElfFacts | null {
  const source = tree.open(path);
  if (source === null) return null;
  try {
    const facts = readElf(source);
    return facts.type === 'DYN' ? facts : null;
  } catch {
    return null; // a linker script, or damaged: no loader takes it
  } finally {
    source.close();
  }
}

function cpuLevelAt(tree: FileTree, path: string, facts: ElfFacts): string | null {
  const source = tree.open(path);
  if (source === null) return null;
  try {
    return loaderCpuLevel(facts, source);
  } finally {
    source.close();
  }
}

function libcOf(soname: string, facts: ElfFacts, path: string, tree: FileTree): Base['libc'] {
  if (soname === 'libc.so.6')
    return {
      name: 'glibc',
      version: describeVersions(facts.versionDefinitions).highest['GLIBC'] ?? 'unknown',
    };
  return /^(libc\.musl-|ld-musl-)/.test(soname) || path.includes('/ld-musl-')
    ? { name: 'musl', version: muslVersion(tree, path) ?? 'unknown' }
    : null;
}
