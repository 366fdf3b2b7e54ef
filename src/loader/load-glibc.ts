import type {
  ClosureEdge,
  FoundBy,
  LeftOutLibrary,
  LoadFailure,
  MissingLibrary,
  NotPreloaded,
} from './closure.ts';
import { refusedAsLibrary } from './glibc-candidate.ts';
import { GlibcSearch, type SearchResult } from './glibc-search.ts';
import { machineOf } from './link-facts.ts';
import {
  leftOutOf,
  LOADED_OBJECT_LIMIT,
  type LoadOutcome,
  type LoadStart,
  programObject,
  tooManyObjects,
} from './load.ts';
import type { LoadedObject } from './loaded-object.ts';
import { absolutePath, directoryOf, expandTokens } from './path-list.ts';

/** Follows glibc's ld.so: preloads, then every DT_NEEDED breadth-first, then what is asked for as dlopen would. */
export function loadWithGlibc(start: LoadStart): LoadOutcome {
  const map = new GlibcLinkMap(start);
  map.preload();
  map.loadNeeded();
  for (const { name, reason, requester } of start.request.extra ?? []) map.open(name, reason, requester);
  return map.outcome();
}

const PRELOAD_FILE = '/etc/ld.so.preload';
const PRELOAD_FILE_LIMIT_BYTES = 64 * 1024;

interface HowWanted {
  readonly rule?: string;
  readonly foundBy?: FoundBy;
  /** Its absence is no error. */
  readonly optional: boolean;
  readonly reason: string | null;
}

const NEEDED: HowWanted = { optional: false, reason: null };
const AUXILIARY: HowWanted = { optional: true, reason: null };
const PRELOAD: HowWanted = { rule: 'LD_PRELOAD', foundBy: 'preload', optional: true, reason: null };
/** SECURE_NAME_LIMIT of elf/rtld.c, with its NUL. */
const SECURE_NAME_LIMIT = 255;

class GlibcLinkMap {
  readonly #start: LoadStart;
  readonly #search: GlibcSearch;
  readonly #main: LoadedObject;
  readonly #directories: readonly string[];
  readonly #objects: LoadedObject[];
  readonly #byName = new Map<string, LoadedObject>();
  readonly #byIdentity = new Map<string, LoadedObject>();
  readonly #edges: ClosureEdge[] = [];
  readonly #missing: MissingLibrary[] = [];
  readonly #leftOut: LeftOutLibrary[] = [];
  readonly #failures: LoadFailure[] = [];
  readonly #notPreloaded: NotPreloaded[] = [];
  /** How many of #objects have had their DT_NEEDED followed. */
  #followed = 0;

  constructor(start: LoadStart) {
    const { session, cpu, cwd, program, interpreter, request } = start;
    this.#start = start;
    const profile = session.profile(interpreter.file?.realPath ?? null, machineOf(program.link));
    this.#directories = profile.directories;
    // Run by the kernel: links resolved (_dl_get_origin reads /proc/self/exe); run as an argument of ld.so, as a library
    // is: not (elf/dl-object.c).
    const started =
      program.link.interpreter !== null ? program.file.realPath : absolutePath(program.path, cwd);
    this.#main = programObject(start, directoryOf(started));
    this.#search = new GlibcSearch({
      session,
      profile,
      cpu,
      program: program.link,
      main: this.#main,
      // process_envvars: it is not even read.
      libraryPath: request.secure === true ? null : (request.libraryPath ?? null),
      lastDirectories: request.lastDirectories ?? [],
      secure: request.secure === true,
      cwd,
    });
    this.#objects = [this.#main];
    // The program's own name is empty in the link map, and an empty DT_NEEDED is it.
    this.#addNames(this.#main, '');
    this.#addInterpreter();
  }

  /** ld.so is in its own list from the start, so that it is found by its soname and never opened again. */
  #addInterpreter(): void {
    const { path, file } = this.#start.interpreter;
    const soname = path.slice(path.lastIndexOf('/') + 1);
    const link = file?.link ?? { ...this.#main.link, needed: [], soname, versionNeeds: [] };
    const interpreter: LoadedObject = {
      path,
      file,
      link,
      loader: null,
      origin: directoryOf(path),
      name: path,
      neededBy: this.#main.path,
      foundBy: 'interpreter',
      reason: null,
      wanted: false,
    };
    this.#addNames(interpreter, path);
    this.#byName.set(soname, this.#byName.get(soname) ?? interpreter);
  }

  preload(): void {
    const { session, request } = this.#start;
    // Split at spaces and colons, as LD_PRELOAD is; the file also at tabs and lines, with comments.
    const names = (request.preload ?? []).flatMap((entry) => entry.split(/[ :]/));
    const listed =
      request.preloadFile === false
        ? []
        : session.answer('preload', PRELOAD_FILE, () => {
            const bytes = session.readSmallFile(PRELOAD_FILE, PRELOAD_FILE_LIMIT_BYTES);
            return (bytes?.toString('utf8') ?? '').replace(/#[^\n]*/g, ' ').split(/[: \t\n]/);
          });
    // A library that cannot be preloaded is only warned of.
    for (const name of names) if (name !== '') this.#preloadByEnvironment(name);
    for (const name of listed) if (name !== '') this.#want(name, this.#main, PRELOAD);
  }

  /** dso_name_valid_for_suid: secure mode takes no path, and says nothing. */
  #preloadByEnvironment(name: string): void {
    if (this.#start.request.secure === true && (name.includes('/') || name.length >= SECURE_NAME_LIMIT))
      return void this.#notPreloaded.push({ name, message: 'a path is ignored in secure mode' });
    this.#want(name, this.#main, PRELOAD);
  }

  loadNeeded(): void {
    for (; this.#followed < this.#objects.length; this.#followed += 1) {
      const object = this.#objects[this.#followed] as LoadedObject;
      const { needed, filters, auxiliaries } = object.link;
      for (const name of auxiliaries) this.#want(name, object, AUXILIARY);
      for (const name of filters) this.#want(name, object, NEEDED);
      for (const name of needed) this.#want(name, object, NEEDED);
    }
  }

  /** As dlopen does, called from `requester`: its RPATH or RUNPATH counts. */
  open(name: string, reason: string, requester: string | undefined): void {
    const caller = requester === undefined ? this.#main : this.#byName.get(requester);
    this.#want(name, caller ?? this.#main, { optional: false, reason });
    this.loadNeeded();
  }

  #want(wanted: string, requester: LoadedObject, how: HowWanted): void {
    const name = this.#expanded(wanted, requester, how);
    if (name === null) return this.#link(requester, wanted, null, null, null, 'unknown token');
    const loaded = this.#byName.get(name);
    if (loaded !== undefined) {
      this.#reach(loaded, requester);
      return this.#link(requester, wanted, loaded.path, null, null, 'loaded already');
    }
    const result = this.#search.find(name, requester, how === PRELOAD);
    const place = result.kind === 'missing' ? null : result.path;
    const leftOut = leftOutOf(this.#start, name, requester.path, place);
    if (leftOut !== null) {
      this.#leftOut.push(leftOut);
      return this.#link(requester, wanted, null, null, null, 'left out');
    }
    if (result.kind === 'missing') {
      if (how === PRELOAD) this.#notPreloaded.push({ name, message: 'cannot open shared object file' });
      if (how.optional) return;
      this.#missing.push({ name, neededBy: requester.path });
      return this.#link(requester, wanted, null, null, null, 'missing');
    }
    const object = result.kind === 'found' ? this.#take(name, result, requester, how) : result.message;
    const foundBy = result.kind === 'found' ? (how.foundBy ?? result.foundBy) : null;
    const rule = how.rule ?? (result.kind === 'found' ? result.rule : result.kind);
    if (typeof object === 'string') this.#fail(wanted, requester, result.path, object, how);
    this.#link(
      requester,
      wanted,
      typeof object === 'string' ? null : object.path,
      foundBy,
      result.path,
      rule,
    );
  }

  /** A name without its tokens; null, and a failure, where that cannot be. */
  #expanded(wanted: string, requester: LoadedObject, how: HowWanted): string | null {
    if (!wanted.includes('$')) return wanted;
    const name = expandTokens(wanted, this.#search.tokensOf(requester));
    // elf/dl-deps.c, expand_dst: whatever the token is.
    const isForbidden = name !== wanted && this.#start.request.secure === true;
    if (name !== null && !isForbidden) return name;
    const message = isForbidden
      ? 'DST not allowed in SUID/SGID programs'
      : 'empty dynamic string token substitution';
    this.#fail(wanted, requester, wanted, message, how);
    return null;
  }

  #fail(name: string, requester: LoadedObject, path: string, message: string, how: HowWanted): void {
    if (how === PRELOAD) this.#notPreloaded.push({ name, message });
    if (!how.optional) this.#failures.push({ name, neededBy: requester.path, path, message });
  }

  #link(
    requester: LoadedObject,
    name: string,
    to: string | null,
    foundBy: FoundBy | null,
    opened: string | null,
    rule: string,
  ): void {
    this.#edges.push({ from: requester.path, name, to, foundBy, opened, rule });
  }

  /** The object of a file that was found, new or known by another name; a string says why it cannot be loaded. */
  #take(
    name: string,
    result: SearchResult & { kind: 'found' },
    requester: LoadedObject,
    how: HowWanted,
  ): LoadedObject | string {
    const { path, file } = result;
    const known = this.#byIdentity.get(file.identity);
    if (known !== undefined) {
      this.#byName.set(name, known);
      return known;
    }
    const link = file.link;
    if (link === null) return file.problem ?? 'invalid ELF header';
    const refusal = refusedAsLibrary(link);
    if (refusal !== null) return refusal;
    const object: LoadedObject = {
      path,
      file,
      link,
      loader: requester,
      origin: directoryOf(absolutePath(path, this.#start.cwd)),
      name,
      neededBy: requester.path,
      foundBy: how.foundBy ?? result.foundBy,
      reason: how.reason,
      wanted: true,
    };
    this.#byIdentity.set(file.identity, object);
    this.#addNames(object, name);
    this.#append(object);
    return object;
  }

  #reach(object: LoadedObject, requester: LoadedObject): void {
    if (object.wanted) return;
    object.wanted = true;
    object.neededBy = requester.path;
    this.#append(object);
  }

  #append(object: LoadedObject): void {
    if (this.#objects.length >= LOADED_OBJECT_LIMIT) {
      throw tooManyObjects(this.#main.path);
    }
    this.#objects.push(object);
  }

  #addNames(object: LoadedObject, name: string): void {
    const names = object === this.#main ? [name] : [name, object.path];
    if (object.link.soname !== null) names.push(object.link.soname);
    for (const each of names) if (!this.#byName.has(each)) this.#byName.set(each, object);
  }

  outcome(): LoadOutcome {
    return {
      objects: this.#objects,
      edges: this.#edges,
      missing: this.#missing,
      notPreloaded: this.#notPreloaded,
      leftOut: this.#leftOut,
      failures: this.#failures,
      named: (name) => this.#byName.get(name),
      defaultDirectories: this.#directories,
      variants: (object) =>
        object.name.includes('/') ? [] : this.#search.variants(object.name, object.path),
    };
  }
}
