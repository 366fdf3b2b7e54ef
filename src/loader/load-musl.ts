import type {
  ClosureEdge,
  FoundBy,
  LeftOutLibrary,
  LoadFailure,
  MissingLibrary,
  NotPreloaded,
} from './closure.ts';
import type { LinkFacts } from './link-facts.ts';
import {
  leftOutOf,
  LOADED_OBJECT_LIMIT,
  type LoadOutcome,
  type LoadStart,
  programObject,
  tooManyObjects,
} from './load.ts';
import type { LoadedObject } from './loaded-object.ts';
import { muslSystemPath } from './musl-system-path.ts';
import { absolutePath, directoryOf, muslDirectories, muslRpath } from './path-list.ts';
import type { ObjectFile } from './session.ts';

/** Follows musl's loader (ldso/dynlink.c of 1.2.3 to 1.2.5). */
export function loadWithMusl(start: LoadStart): LoadOutcome {
  const program = new MuslProgram(start);
  program.preload();
  program.loadNeeded();
  for (const { name, reason, requester } of start.request.extra ?? []) program.open(name, reason, requester);
  return program.outcome();
}

// load_library: names that begin so are musl itself, which thus takes the place of glibc's libc.so.6 as well.
const RESERVED = /^lib(?:c|pthread|rt|m|dl|util|xnet)\./;
/** `char buf[2*NAME_MAX+2]`: a longer candidate path is passed over. */
const PATH_BUFFER_BYTES = 512;
const NAME_MAX = 255;

const BUILDER_RULE = 'LD_LIBRARY_PATH of this build';

/** The rule of edges that lead to musl itself. */
export const MUSL_OWN_NAME = "musl's own name";

interface Found {
  readonly path: string;
  readonly file: ObjectFile;
  readonly foundBy: FoundBy;
  readonly rule: string;
}

class MuslProgram {
  readonly #start: LoadStart;
  readonly #main: LoadedObject;
  readonly #self: LoadedObject;
  readonly #isSecure: boolean;
  readonly #systemPath: readonly string[];
  readonly #libraryPath: readonly string[];
  readonly #objects: LoadedObject[];
  readonly #byShortName = new Map<string, LoadedObject>();
  readonly #byIdentity = new Map<string, LoadedObject>();
  readonly #rpaths = new Map<LoadedObject, readonly string[]>();
  readonly #edges: ClosureEdge[] = [];
  readonly #missing: MissingLibrary[] = [];
  readonly #leftOut: LeftOutLibrary[] = [];
  readonly #failures: LoadFailure[] = [];
  readonly #notPreloaded: NotPreloaded[] = [];
  #followed = 0;

  constructor(start: LoadStart) {
    this.#start = start;
    const { program, interpreter, cwd } = start;
    const started =
      program.link.interpreter !== null ? program.file.realPath : absolutePath(program.path, cwd);
    this.#main = programObject(start, directoryOf(started));
    const ownLink: LinkFacts = interpreter.file?.link ?? {
      ...program.link,
      needed: [],
      soname: 'libc.so',
      versionNeeds: [],
    };
    this.#self = {
      path: interpreter.path,
      file: interpreter.file,
      link: ownLink,
      loader: null,
      origin: directoryOf(interpreter.path),
      name: 'libc.so',
      neededBy: program.path,
      foundBy: 'interpreter',
      reason: null,
      wanted: false,
    };
    this.#objects = [this.#main];
    // __dls3: the environment is read only `if (!libc.secure)`.
    this.#isSecure = start.request.secure === true;
    this.#libraryPath = this.#isSecure ? [] : muslDirectories(start.request.libraryPath ?? '');
    this.#systemPath = muslSystemPath(start);
  }

  preload(): void {
    const names = (this.#start.request.preload ?? []).flatMap((entry) => entry.split(/[\s:]/));
    for (const name of names.filter((word) => word !== '')) {
      if (this.#isSecure) {
        this.#notPreloaded.push({ name, message: 'LD_PRELOAD is ignored in secure mode' });
        continue;
      }
      // load_preload looks at no result: what is not found is passed over.
      this.#want(name, null, { foundBy: 'preload', optional: true, reason: null });
    }
  }

  loadNeeded(): void {
    for (; this.#followed < this.#objects.length; this.#followed += 1) {
      const object = this.#objects[this.#followed] as LoadedObject;
      if (object === this.#self) continue;
      for (const name of object.link.needed) this.#want(name, object, { optional: false, reason: null });
    }
  }

  open(name: string, reason: string, requester: string | undefined): void {
    const caller = this.#objects.find((object) => object.path === requester || object.name === requester);
    this.#want(name, caller ?? this.#main, { optional: false, reason });
    this.loadNeeded();
  }

  #want(
    name: string,
    requester: LoadedObject | null,
    how: { foundBy?: FoundBy; optional: boolean; reason: string | null },
  ): void {
    const from = (requester ?? this.#main).path;
    if (RESERVED.test(name) || name === this.#self.path) return this.#reachSelf(from, name, null);
    const known = name.includes('/') ? undefined : this.#byShortName.get(name);
    if (known !== undefined) {
      this.#edges.push({ from, name, to: known.path, foundBy: null, opened: null, rule: 'loaded already' });
      return;
    }
    const found = this.#find(name, requester);
    const leftOut = leftOutOf(this.#start, name, from, found?.path ?? null);
    if (leftOut !== null) {
      this.#leftOut.push(leftOut);
      this.#edges.push({ from, name, to: null, foundBy: null, opened: null, rule: 'left out' });
      return;
    }
    if (found === null) {
      if (how.foundBy === 'preload') this.#notPreloaded.push({ name, message: 'No such file' });
      if (how.optional) return;
      this.#missing.push({ name, neededBy: from });
      this.#edges.push({ from, name, to: null, foundBy: null, opened: null, rule: 'missing' });
      return;
    }
    if (found.file.link !== null && this.#start.session.looksLikeLibc(found.file.realPath)) {
      return this.#reachSelf(from, name, found.path);
    }
    const object = this.#take(name, found, requester, how);
    const problem = typeof object === 'string';
    if (problem && how.foundBy === 'preload') this.#notPreloaded.push({ name, message: object });
    if (problem && !how.optional)
      this.#failures.push({ name, neededBy: from, path: found.path, message: object });
    this.#edges.push({
      from,
      name,
      to: problem ? null : object.path,
      foundBy: how.foundBy ?? found.foundBy,
      opened: found.path,
      rule: how.foundBy === 'preload' ? 'LD_PRELOAD' : found.rule,
    });
  }

  #reachSelf(from: string, name: string, opened: string | null): void {
    if (!this.#self.wanted) {
      Object.assign(this.#self, { wanted: true, name, neededBy: from });
      this.#objects.push(this.#self);
    }
    this.#edges.push({
      from,
      name,
      to: this.#self.path,
      foundBy: 'interpreter',
      opened,
      rule: MUSL_OWN_NAME,
    });
  }

  #take(
    name: string,
    found: Found,
    requester: LoadedObject | null,
    how: { foundBy?: FoundBy; reason: string | null },
  ): LoadedObject | string {
    const { path, file } = found;
    const known = this.#byIdentity.get(file.identity);
    if (known !== undefined) {
      if (!name.includes('/')) this.#addShortName(known);
      return known;
    }
    if (file.isDirectory) return 'Is a directory';
    // Only the ELF type is looked at, the machine is not: a file of another class makes no sense of its headers.
    const { link } = file;
    if (link === null || link.class !== this.#main.link.class || !link.dynamic) return 'Exec format error';
    if (this.#objects.length >= LOADED_OBJECT_LIMIT) {
      throw tooManyObjects(this.#main.path);
    }
    const object = {
      path,
      file,
      link,
      loader: requester,
      origin: directoryOf(path),
      name,
      neededBy: (requester ?? this.#main).path,
      foundBy: how.foundBy ?? found.foundBy,
      reason: how.reason,
      wanted: true,
    };
    this.#byIdentity.set(file.identity, object);
    if (!name.includes('/')) this.#addShortName(object);
    this.#objects.push(object);
    return object;
  }

  #addShortName(object: LoadedObject): void {
    const shortName = object.path.slice(object.path.lastIndexOf('/') + 1);
    if (!this.#byShortName.has(shortName)) this.#byShortName.set(shortName, object);
  }

  #find(name: string, requester: LoadedObject | null): Found | null {
    if (name === '') return null;
    if (name.includes('/')) return this.#openOne(name, 'direct', 'the name is a path');
    if (Buffer.byteLength(name) > NAME_MAX) return null;
    let found = this.#inDirectories(name, this.#libraryPath, 'ld_library_path', 'LD_LIBRARY_PATH');
    // RPATH and RUNPATH are one thing to musl, and both are inherited.
    for (let object = requester; found === null && object !== null; object = object.loader) {
      const tag = object.link.runpath === null ? 'rpath' : 'runpath';
      found = this.#inDirectories(name, this.#rpathOf(object), tag, `${tag.toUpperCase()} of ${object.path}`);
    }
    return (
      found ??
      this.#inDirectories(name, this.#systemPath, 'default', 'built-in directory') ??
      this.#inDirectories(name, this.#start.request.lastDirectories ?? [], 'builder', BUILDER_RULE)
    );
  }

  #rpathOf(object: LoadedObject): readonly string[] {
    let directories = this.#rpaths.get(object);
    if (directories === undefined) {
      const text = object.link.runpath ?? object.link.rpath;
      const expanded = text === null ? null : muslRpath(text, this.#originOf(object));
      directories = expanded === null ? [] : muslDirectories(expanded);
      this.#rpaths.set(object, directories);
    }
    return directories;
  }

  /** fixup_rpath: in secure mode the program's is its caller's to choose, and a relative one is nobody's. */
  #originOf(object: LoadedObject): string | null {
    const origin = object.origin ?? '.';
    if (!this.#isSecure) return origin;
    return object === this.#main || !origin.startsWith('/') ? null : origin;
  }

  #inDirectories(name: string, directories: readonly string[], foundBy: FoundBy, rule: string): Found | null {
    for (const directory of directories) {
      const path = `${directory}/${name}`;
      if (Buffer.byteLength(path) >= PATH_BUFFER_BYTES) continue;
      const found = this.#openOne(path, foundBy, rule);
      if (found !== null) return found;
    }
    return null;
  }

  #openOne(path: string, foundBy: FoundBy, rule: string): Found | null {
    const file = this.#start.session.open(absolutePath(path, this.#start.cwd));
    return file === null ? null : { path, file, foundBy, rule };
  }

  outcome(): LoadOutcome {
    const names = new Map(this.#objects.map((object) => [object.name, object] as const));
    return {
      objects: this.#objects,
      edges: this.#edges,
      missing: this.#missing,
      notPreloaded: this.#notPreloaded,
      leftOut: this.#leftOut,
      failures: this.#failures,
      named: (name) => names.get(name),
      defaultDirectories: this.#systemPath.map((directory) =>
        directory.endsWith('/') ? directory : `${directory}/`,
      ),
      variants: () => [],
    };
  }
}
