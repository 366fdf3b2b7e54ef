import type { MachineName } from '../core/machines.ts';
import { DF_1 } from '../elf/index.ts';
import type { FoundBy } from './closure.ts';
import type { Cpu } from './cpu.ts';
import { checkGlibcCandidate } from './glibc-candidate.ts';
import { hwcapsSubdirectories } from './hwcaps.ts';
import { cachedVariants, lookUpCache } from './ld-so-cache.ts';
import type { LdSoProfile } from './ld-so-profile.ts';
import { type LinkFacts, machineOf } from './link-facts.ts';
import type { LoadedObject } from './loaded-object.ts';
import { absolutePath, glibcDirectories, type StringTokens } from './path-list.ts';
import type { LoaderSession, ObjectFile } from './session.ts';

/** What stays the same while one program is loaded. */
export interface GlibcSearchContext {
  readonly session: LoaderSession;
  readonly profile: LdSoProfile;
  readonly cpu: Cpu;
  /** The program: its class, machine and flags are what candidates must match. */
  readonly program: LinkFacts;
  readonly main: LoadedObject;
  readonly libraryPath: string | null;
  /** Not glibc's: `ClosureRequest.lastDirectories`. */
  readonly lastDirectories: readonly string[];
  /** AT_SECURE. */
  readonly secure: boolean;
  readonly cwd: string;
}

export type SearchResult =
  | {
      readonly kind: 'found';
      readonly path: string;
      readonly file: ObjectFile;
      readonly foundBy: FoundBy;
      readonly rule: string;
    }
  | { readonly kind: 'fatal'; readonly path: string; readonly message: string }
  | { readonly kind: 'missing' };

const MISSING: SearchResult = { kind: 'missing' };

/** glibc's search for one name (elf/dl-load.c, _dl_map_object; ld.so(8)). */
export class GlibcSearch {
  readonly #context: GlibcSearchContext;
  readonly #subdirectories: readonly string[];
  readonly #libraryPath: readonly string[];
  readonly #rpaths = new Map<LoadedObject, readonly string[]>();
  readonly #runpaths = new Map<LoadedObject, readonly string[]>();
  readonly #key: string;
  readonly #directoryKey: string;

  constructor(context: GlibcSearchContext) {
    this.#context = context;
    this.#subdirectories = hwcapsSubdirectories(context.profile, context.cpu);
    this.#libraryPath = this.#expand(context.libraryPath, context.main, ':;');
    const { program } = context;
    // Whatever else two programs differ in, they share answers of the cache and the built-in directories.
    this.#key = `glibc ${program.machine} ${program.class} ${program.byteOrder} ${program.processorFlags} ${context.profile.directories.join(':')} ${context.cpu.platform} ${this.#subdirectories.join(':')}`;
    this.#directoryKey = `subdirectories ${this.#key}`;
  }

  /** `name` has its tokens expanded when it holds a slash. */
  find(name: string, requester: LoadedObject, isPreload: boolean): SearchResult {
    if (name.includes('/')) return this.#openOne(name, 'direct', 'the name is a path') ?? MISSING;
    if (isPreload && this.#context.secure) return this.#findTrusted(name);
    const found = this.#findByRules(name, requester);
    if (found.kind !== 'missing') return found;
    const { lastDirectories } = this.#context;
    const directories = lastDirectories.map((directory) => `${directory}/`);
    return this.#inDirectories(name, directories, 'builder', 'LD_LIBRARY_PATH of this build') ?? MISSING;
  }

  /** __RTLD_SECURE: no cache, and only a file that is set-user-ID itself. RPATH and RUNPATH are the program's. */
  #findTrusted(name: string): SearchResult {
    const { main, profile, session } = this.#context;
    const rpath = this.#expand(main.link.runpath ?? main.link.rpath, main, ':');
    for (const directory of [...rpath, ...profile.directories]) {
      const found = this.#inDirectories(name, [directory], 'preload', 'LD_PRELOAD');
      if (found?.kind !== 'found') continue;
      const mode = session.tree.resolve(found.file.realPath)?.entry.mode ?? 0;
      if ((mode & 0o4000) !== 0) return found;
    }
    return MISSING;
  }

  #findByRules(name: string, requester: LoadedObject): SearchResult {
    return (
      this.#byRpath(name, requester) ??
      this.#inDirectories(name, this.#libraryPath, 'ld_library_path', 'LD_LIBRARY_PATH') ??
      this.#byRunpath(name, requester) ??
      this.#bySystem(name, (requester.link.flags1 & DF_1.NODEFLIB) !== 0)
    );
  }

  tokensOf(object: LoadedObject): StringTokens {
    const { profile, cpu, main, secure } = this.#context;
    const trusted = object === main ? profile.directories : null;
    return {
      origin: object.origin,
      lib: profile.lib,
      platform: cpu.platform,
      secure: secure ? { trusted } : undefined,
    };
  }

  /** Variants of a name in glibc-hwcaps directories, whatever the processor. */
  variants(name: string, path: string): readonly { readonly path: string; readonly hwcaps: string }[] {
    const { session, profile, program, cwd } = this.#context;
    if (profile.knownHwcaps.length === 0) return [];
    const cache = session.ldSoCache(program.byteOrder === 'little');
    const cached = cache === null ? [] : cachedVariants(cache, name, cacheFlags(program));
    const directory = path.slice(0, path.lastIndexOf('/') + 1).replace(/glibc-hwcaps\/[^/]+\/$/, '');
    if (!session.isDirectory(absolutePath(`${directory}glibc-hwcaps`, cwd))) return cached;
    const known = new Set(cached.map((variant) => variant.path));
    const beside = profile.knownHwcaps
      .map((hwcaps) => ({ path: `${directory}glibc-hwcaps/${hwcaps}/${name}`, hwcaps }))
      .filter(
        (variant) => !known.has(variant.path) && session.open(absolutePath(variant.path, cwd)) !== null,
      );
    return [...cached, ...beside];
  }

  /** The requester's RPATH and those of the objects that led to it; an object's RUNPATH cancels its own RPATH. */
  #byRpath(name: string, requester: LoadedObject): SearchResult | null {
    if (requester.link.runpath !== null) return null;
    const { main } = this.#context;
    let didMain = false;
    for (let object: LoadedObject | null = requester; object !== null; object = object.loader) {
      const found = this.#inDirectories(name, this.#rpathOf(object), 'rpath', object);
      if (found !== null) return found;
      didMain ||= object === main;
    }
    return didMain ? null : this.#inDirectories(name, this.#rpathOf(main), 'rpath', main);
  }

  #byRunpath(name: string, requester: LoadedObject): SearchResult | null {
    const { runpath } = requester.link;
    if (runpath === null) return null;
    let directories = this.#runpaths.get(requester);
    if (directories === undefined) {
      directories = this.#expand(runpath, requester, ':');
      this.#runpaths.set(requester, directories);
    }
    return this.#inDirectories(name, directories, 'runpath', requester);
  }

  #rpathOf(object: LoadedObject): readonly string[] {
    let directories = this.#rpaths.get(object);
    if (directories === undefined) {
      // elf_get_dynamic_info drops DT_RPATH when DT_RUNPATH is there too.
      directories = object.link.runpath === null ? this.#expand(object.link.rpath, object, ':') : [];
      this.#rpaths.set(object, directories);
    }
    return directories;
  }

  #expand(list: string | null, object: LoadedObject, separators: ':' | ':;'): readonly string[] {
    return list === null ? [] : glibcDirectories(list, separators, this.tokensOf(object));
  }

  #bySystem(name: string, noDefaultLibraries: boolean): SearchResult {
    return this.#context.session.answer(this.#key, noDefaultLibraries ? `${name} nodeflib` : name, () => {
      const cached = this.#byCache(name, noDefaultLibraries);
      if (cached !== null) return cached;
      if (noDefaultLibraries) return MISSING;
      return (
        this.#inDirectories(name, this.#context.profile.directories, 'default', 'built-in directory') ??
        MISSING
      );
    });
  }

  #byCache(name: string, noDefaultLibraries: boolean): SearchResult | null {
    const { session, program, cpu, profile } = this.#context;
    const cache = session.ldSoCache(program.byteOrder === 'little');
    if (cache === null) return null;
    const path = lookUpCache(cache, {
      name,
      flags: cacheFlags(program),
      cpu,
      glibcHwcaps: profile.glibcHwcaps,
      legacyHwcaps: profile.legacyHwcaps,
    });
    if (path === null) return null;
    if (noDefaultLibraries && profile.directories.some((directory) => path.startsWith(directory)))
      return null;
    return this.#openOne(path, 'cache', '/etc/ld.so.cache');
  }

  #inDirectories(
    name: string,
    directories: readonly string[],
    foundBy: FoundBy,
    rule: string | LoadedObject,
  ): SearchResult | null {
    for (const directory of directories) {
      for (const subdirectory of this.#existingSubdirectories(directory)) {
        const found = this.#openOne(directory + subdirectory + name, foundBy, rule);
        if (found !== null) return found;
      }
    }
    return null;
  }

  /** Nearly no directory has hwcaps subdirectories: asking once spares a look-up for each name. */
  #existingSubdirectories(directory: string): readonly string[] {
    const { session, cwd } = this.#context;
    return session.answer(this.#directoryKey, absolutePath(directory, cwd), () =>
      this.#subdirectories.filter(
        (subdirectory) =>
          subdirectory === '' || session.isDirectory(absolutePath(directory + subdirectory, cwd)),
      ),
    );
  }

  #openOne(path: string, foundBy: FoundBy, rule: string | LoadedObject): SearchResult | null {
    const { session, program, cwd } = this.#context;
    const file = session.open(absolutePath(path, cwd));
    if (file === null) return null;
    // read(2) on a directory fails with EISDIR, 21.
    if (file.isDirectory) return { kind: 'fatal', path, message: 'cannot read file data: Error 21' };
    const verdict = checkGlibcCandidate(Buffer.from(file.head, 'latin1'), program);
    if (verdict.kind === 'skipped') return null;
    if (verdict.kind === 'fatal') return { kind: 'fatal', path, message: verdict.message };
    if (file.link === null) return { kind: 'fatal', path, message: file.problem ?? 'unreadable' };
    const words = typeof rule === 'string' ? rule : `${foundBy.toUpperCase()} of ${rule.path}`;
    return { kind: 'found', path, file, foundBy, rule: words };
  }
}

/** _DL_CACHE_DEFAULT_ID of the machines (dl-cache.h of each): the library type that ldconfig writes. */
const CACHE_FLAGS: Readonly<Partial<Record<MachineName, readonly number[]>>> = {
  x86_64: [0x303],
  x32: [0x803],
  aarch64: [0x0a03],
  ppc64: [0x503],
  ppc64le: [0x503],
  s390x: [0x403],
  sparc64: [0x103],
  ia64: [0x203],
  mips64: [0x703],
  mips64el: [0x703],
  loongarch64: [0x1203, 0x1103],
};

function cacheFlags(program: LinkFacts): readonly number[] {
  const machine = machineOf(program);
  if (machine === 'riscv64') return (program.processorFlags & 0x6) === 0x4 ? [0x1003] : [0x0f03];
  if (machine === 'arm') return (program.processorFlags & 0x200) !== 0 ? [0x0b03, 0x3] : [0x0903, 0x3];
  return (machine === null ? undefined : CACHE_FLAGS[machine]) ?? [0x3, 0x1];
}
