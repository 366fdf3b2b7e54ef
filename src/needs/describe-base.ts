import { compareDotted, readElf, type ElfFacts } from '../elf/index.ts';
import { findBundle } from './supplies/certificates.ts';
import { compareBytes } from './supplies/compare-bytes.ts';
import type { FileTree } from '../rootfs/file-tree.ts';
import type { Base, BaseLibrary } from './verdict.ts';

/** Directories that a dynamic loader searches by itself, per Debian's, Fedora's and Alpine's loaders. */
const LIBRARY_DIRECTORIES = ['/lib', '/usr/lib', '/lib64', '/usr/lib64', '/usr/local/lib'];
const TRIPLET = /^[a-z0-9_]+-linux-(gnu|musl)[a-z0-9]*$/;
/** Shared objects looked at; a base has some hundred. */
const LIBRARY_LIMIT = 20_000;

/** A base of which all libraries are known. */
export interface DescribedBase extends Base {
  readonly libraries: ReadonlyMap<string, BaseLibrary>;
}

/** Reads a tree as a base: its loader, its libraries with their symbol versions, and the needs that its files fulfil. */
export function describeBase(name: string, tree: FileTree, source: string): DescribedBase {
  const libraries = new Map<string, BaseLibrary>();
  let libc: Base['libc'] = null;
  for (const path of libraryPaths(tree)) {
    const facts = readLibrary(tree, path);
    if (facts === null) continue;
    const soname = facts.soname ?? path.slice(path.lastIndexOf('/') + 1);
    if (!libraries.has(soname)) libraries.set(soname, describeVersions(facts.versionDefinitions));
    libc ??= libcOf(soname, facts, path);
  }
  const sorted = new Map([...libraries].sort(([a], [b]) => compareBytes(a, b)));
  return { name, source, libc, libraries: sorted, complete: true, fulfils: fulfilledBy(tree) };
}

/** `GLIBC_2.2.5, GLIBC_2.36, GLIBC_ABI_DT_RELR` is `{ highest: { GLIBC: '2.36' }, names: ['GLIBC_ABI_DT_RELR'] }`. */
export function describeVersions(definitions: readonly string[]): BaseLibrary {
  const highest: Record<string, string> = {};
  const names: string[] = [];
  for (const definition of definitions) {
    const numbered = parseVersionName(definition);
    if (numbered === null) {
      if (!/\.so(\.|$)/.test(definition)) names.push(definition);
      continue;
    }
    const before = highest[numbered.family];
    if (before === undefined || compareDotted(before, numbered.version) < 0)
      highest[numbered.family] = numbered.version;
  }
  return { highest, names };
}

export function parseVersionName(name: string): { readonly family: string; readonly version: string } | null {
  const match = /^(.+)_(\d+(?:\.\d+)*)$/.exec(name);
  return match === null ? null : { family: match[1] as string, version: match[2] as string };
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

function libcOf(soname: string, facts: ElfFacts, path: string): Base['libc'] {
  if (soname === 'libc.so.6')
    return {
      name: 'glibc',
      version: describeVersions(facts.versionDefinitions).highest['GLIBC'] ?? 'unknown',
    };
  // musl carries no version in its loader's bytes; what matters is only that it is musl.
  return /^(libc\.musl-|ld-musl-)/.test(soname) || path.includes('/ld-musl-')
    ? { name: 'musl', version: 'unknown' }
    : null;
}

function fulfilledBy(tree: FileTree): readonly string[] {
  const is = (path: string, kind: string): boolean => tree.resolve(path)?.entry.kind === kind;
  const facts: readonly (readonly [string, boolean])[] = [
    ['users', is('/etc/passwd', 'file')],
    ['tmp', is('/tmp', 'directory')],
    ['ca-certificates', findBundle(tree) !== null],
    ['time-zones', is('/usr/share/zoneinfo/Europe/Paris', 'file')],
    ['services', is('/etc/services', 'file')],
    ['shell', is('/bin/sh', 'file')],
    ['mime-types', is('/etc/mime.types', 'file')],
    ['terminfo', is('/usr/share/terminfo/x/xterm', 'file') || is('/lib/terminfo/x/xterm', 'file')],
    ['locale', is('/usr/lib/locale/C.utf8/LC_CTYPE', 'file')],
    [
      'libgcc_s',
      [
        '/lib/x86_64-linux-gnu/libgcc_s.so.1',
        '/usr/lib/libgcc_s.so.1',
        '/lib/aarch64-linux-gnu/libgcc_s.so.1',
        '/usr/lib64/libgcc_s.so.1',
      ].some((path) => is(path, 'file')),
    ],
    [
      'iconv',
      ['x86_64', 'aarch64'].some(
        (machine) =>
          is(`/usr/lib/${machine}-linux-gnu/gconv/gconv-modules`, 'file') ||
          is(`/usr/lib/${machine}-linux-gnu/gconv/gconv-modules.cache`, 'file'),
      ),
    ],
  ];
  return facts.filter(([, yes]) => yes).map(([need]) => need);
}
