import { MorselError } from '../core/errors.ts';
import { CHANGING_FILES_HINT } from '../core/hints.ts';
import type { LayerDirectory, LayerEntry, LayerFile, LayerSymlink } from '../rootfs/layer-entry.ts';
import type { Closure, ClosureFile, ClosureLibrary } from './closure.ts';
import { entriesTree } from '../rootfs/index.ts';
import { findClosure } from './find-closure.ts';
import { absolutePath, directoryOf } from './path-list.ts';

export interface ClosureEntriesOptions {
  /** Where the program is in the image; default: where it is in its tree. The program itself is not among the entries. */
  readonly programPath?: string | undefined;
  /** What else is in the image: what the loader finds among it is not packed a second time. */
  readonly beside?: readonly LayerEntry[] | undefined;
}

/**
 * The files that make the program run on an empty root: the interpreter at its exact path and each library once, at a
 * path where this loader finds it without /etc/ld.so.cache or a musl path file, in the environment that the closure was
 * asked for. Links are flattened: a library stands under the name that is looked up. Directories only where a path
 * leads through one in which nothing is: a layer's readers make the others.
 *
 * The plan is checked before it is returned, by the same search over the planned tree.
 * Errors: WONT_RUN when libraries or the interpreter are missing, or no such plan exists.
 */
export function closureEntries(found: Closure, options: ClosureEntriesOptions = {}): readonly LayerEntry[] {
  if (found.loader === 'none') return [];
  const closure = forAnyProcessor(found);
  refuseIncomplete(closure);
  const programPath = options.programPath ?? closure.path;
  const beside = options.beside ?? [];
  const inPlace = planEntries(closure, programPath, (library) => keepsPath(closure, library, programPath));
  if (whyNot(closure, programPath, inPlace, beside) === null) return inPlace.entries;
  // An RPATH may lead through directories that are not in the image, or from files that have moved: the built-in
  // directories are searched for all of them.
  const gathered = planEntries(closure, programPath, (library) => library.name.includes('/'));
  const problem = whyNot(closure, programPath, gathered, beside);
  if (problem === null) return gathered.entries;
  throw new MorselError(
    'WONT_RUN',
    `the libraries of ${closure.path} cannot be laid out without a cache: ${problem}`,
    {
      hint: 'set an RPATH or RUNPATH in the program, or use a base image that has its libraries',
    },
  );
}

/** An image runs on other processors, and without this machine's /etc/ld.so.preload: what they chose does not count. */
function forAnyProcessor(closure: Closure): Closure {
  const { cpu, preloadFile } = closure.request;
  if ((cpu === undefined || cpu === 'baseline') && preloadFile === false) return closure;
  return findClosure({ ...closure.request, cpu: 'baseline', preloadFile: false });
}

function refuseIncomplete(closure: Closure): void {
  const { interpreter, missing, failures } = closure;
  const absent = [
    ...missing.map(({ name, neededBy }) => `${name} (needed by ${neededBy})`),
    ...failures.map(({ path, message }) => `${path} (${message})`),
    ...(interpreter?.file == null
      ? [`${interpreter?.path ?? 'the interpreter'} (the program's loader)`]
      : []),
    ...closure.versionProblems.map(({ message }) => message),
  ];
  if (absent.length === 0) return;
  throw new MorselError('WONT_RUN', `${closure.path} cannot start: ${absent.join('; ')}`, {
    hint: 'install what is missing, or name the root that has it',
    details: { missing: missing.map(({ name }) => name) },
  });
}

interface Plan {
  readonly entries: readonly LayerEntry[];
  /** The file of the program's tree that stands at each path. */
  readonly sources: ReadonlyMap<string, string>;
}

function planEntries(
  closure: Closure,
  programPath: string,
  keeps: (library: ClosureLibrary) => boolean,
): Plan {
  const entries = new Map<string, LayerEntry>();
  const sources = new Map<string, string>();
  const placed = new Map<string, string>();
  const put = (from: string, path: string, file: ClosureFile, mode: number, reason: string): void => {
    placed.set(from, path);
    if (entries.has(path)) return;
    sources.set(path, file.realPath);
    entries.set(path, fileEntry(closure, path, file, mode, reason));
  };
  const { interpreter } = closure;
  if (interpreter?.file != null) {
    put(
      interpreter.path,
      imagePath(closure, interpreter.path),
      interpreter.file,
      0o755,
      `the loader of ${programPath} (PT_INTERP)`,
    );
  }
  for (const library of closure.libraries) {
    if (library.foundBy === 'interpreter') continue;
    const stays = keeps(library) || isInDefault(library, closure);
    const path = stays
      ? imagePath(closure, library.path)
      : `${defaultDirectory(closure)}${baseName(library.name)}`;
    put(library.path, path, library, 0o644, reasonOf(library, closure, programPath, stays));
  }
  for (const link of secondNames(closure, placed)) if (!entries.has(link.path)) entries.set(link.path, link);
  for (const entry of passedDirectories(closure, entries)) entries.set(entry.path, entry);
  const sorted = [...entries.values()].sort((a, b) =>
    Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)),
  );
  return { entries: sorted, sources };
}

/** A library that an RPATH leads to stays there, unless that path begins at a program that has moved. */
function keepsPath(closure: Closure, library: ClosureLibrary, programPath: string): boolean {
  if (library.name.includes('/') || library.foundBy === 'ld_library_path') return true;
  if (library.foundBy !== 'rpath' && library.foundBy !== 'runpath') return false;
  return closure.realPath === programPath || !library.path.startsWith(`${directoryOf(closure.realPath)}/`);
}

function isInDefault(library: ClosureLibrary, closure: Closure): boolean {
  const directory = library.path.slice(0, library.path.lastIndexOf('/') + 1);
  return builtInDirectories(closure).includes(directory);
}

// musl's path file is not in the image: only what is compiled in counts there.
function builtInDirectories(closure: Closure): readonly string[] {
  return closure.loader === 'musl' ? ['/lib/', '/usr/local/lib/', '/usr/lib/'] : closure.defaultDirectories;
}

function defaultDirectory(closure: Closure): string {
  return builtInDirectories(closure)[0] ?? '/lib/';
}

/**
 * A file that is looked up by a second name (`libfoo.so` after `libfoo.so.1`) needs a link there: a second copy would
 * be loaded as a second library, since loaders compare inodes.
 */
function secondNames(closure: Closure, placed: ReadonlyMap<string, string>): readonly LayerSymlink[] {
  const links: LayerSymlink[] = [];
  for (const { to, opened, name, from } of closure.edges) {
    if (to === null || opened === null || opened === to) continue;
    const file = placed.get(to);
    const path = name.includes('/')
      ? imagePath(closure, opened)
      : `${defaultDirectory(closure)}${baseName(name)}`;
    if (file === undefined || path === file) continue;
    links.push({
      kind: 'symlink',
      path,
      target: file,
      reason: `second name of ${file}: needed by ${from} (DT_NEEDED ${name})`,
    });
  }
  return links;
}

function fileEntry(
  closure: Closure,
  path: string,
  file: ClosureFile,
  mode: number,
  reason: string,
): LayerFile {
  const { tree } = closure.request;
  const open = (): ReturnType<LayerFile['open']> => {
    const source = tree.open(file.realPath);
    if (source !== null) return source;
    throw new MorselError('NOT_FOUND', `${file.realPath} has gone from ${tree.name}`, {
      hint: CHANGING_FILES_HINT,
    });
  };
  return { kind: 'file', path, mode, sizeBytes: file.sizeBytes, reason, open };
}

function reasonOf(library: ClosureLibrary, closure: Closure, programPath: string, stays: boolean): string {
  const by = library.neededBy === closure.path ? programPath : library.neededBy;
  const why =
    library.reason ??
    (library.foundBy === 'preload' ? 'LD_PRELOAD' : `needed by ${by} (DT_NEEDED ${library.name})`);
  return stays
    ? why
    : `${why}; moved from ${library.path}, where the loader would not look without ${helpOf(library)}`;
}

function helpOf(library: ClosureLibrary): string {
  if (library.foundBy === 'builder') return 'the LD_LIBRARY_PATH of this build';
  if (library.foundBy === 'cache') return '/etc/ld.so.cache';
  return library.foundBy === 'default' ? "musl's path file" : 'the old place of what asks for it';
}

/** The path as the image will have it: `.` and `..` taken as text, since no directory of the image is a link. */
function imagePath(closure: Closure, path: string): string {
  const components: string[] = [];
  for (const component of absolutePath(path, closure.request.cwd ?? '/').split('/')) {
    if (component === '' || component === '.') continue;
    if (component === '..') components.pop();
    else components.push(component);
  }
  return `/${components.join('/')}`;
}

/**
 * The kernel walks the interpreter's path component by component: `/opt/x/../lib/ld.so` needs an /opt/x, were it empty.
 */
function passedDirectories(
  closure: Closure,
  entries: ReadonlyMap<string, LayerEntry>,
): readonly LayerDirectory[] {
  const path = absolutePath(closure.interpreter?.path ?? '/', closure.request.cwd ?? '/');
  return [...path.matchAll(/\/\.\.(?=\/)/g)].flatMap(({ index }): LayerDirectory[] => {
    const directory = imagePath(closure, path.slice(0, index));
    if (directory === '/' || [...entries.keys()].some((known) => known.startsWith(`${directory}/`)))
      return [];
    const reason = `the way to the loader leads through it (PT_INTERP ${path})`;
    return [{ kind: 'directory', path: directory, mode: 0o755, reason }];
  });
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Loads the program from the planned tree; null when the very same files are loaded, else what differs. */
function whyNot(
  closure: Closure,
  programPath: string,
  plan: Plan,
  beside: readonly LayerEntry[],
): string | null {
  const { tree, extra, preload, libraryPath, secure, cwd, leaveOut } = closure.request;
  const program = { path: programPath, tree, source: closure.realPath, sizeBytes: closure.link.sizeBytes };
  const again = findClosure({
    tree: entriesTree([...plan.entries, ...beside], program),
    path: programPath,
    extra,
    preload,
    libraryPath,
    secure,
    cwd,
    leaveOut,
    interpreter: closure.interpreter?.path,
  });
  const lost = [...again.missing.map(({ name }) => name), ...again.failures.map(({ path }) => path)];
  if (again.interpreter?.file == null) lost.push(closure.interpreter?.path ?? 'the loader');
  if (lost.length > 0) return `${lost.join(', ')} not found`;
  const wanted = new Set(closure.libraries.map(({ realPath }) => realPath));
  const loaded = new Set(again.libraries.map(({ realPath }) => plan.sources.get(realPath) ?? realPath));
  const other =
    [...loaded].find((path) => !wanted.has(path)) ?? [...wanted].find((path) => !loaded.has(path));
  return other === undefined ? null : `${other} is loaded in one of them only`;
}
