import { join } from 'node:path';
import { readTextIfAny } from '../../core/read-small-file.ts';
import type { Configuration } from '../plan.ts';

/** What a configured build folder says of the libraries and packages that were looked for. */
export interface FoundPackages {
  /** What each answer is about: a check, to the package or library that it asks for. */
  readonly found: ReadonlyMap<string, string>;
  /** Something was looked for that is not there, whatever it is. */
  readonly lacks: boolean;
}

/** Larger logs are not looked at. */
const LOG_LIMIT_BYTES = 32 * 1024 * 1024;

/** null: it cannot be told. */
export function readFoundPackages({ kind, directory }: Configuration): FoundPackages | null {
  const name = { autotools: 'config.log', cmake: 'CMakeCache.txt', meson: 'meson-logs/meson-log.txt' }[kind];
  const text = readTextIfAny(join(directory, name), LOG_LIMIT_BYTES);
  if (text === null) return null;
  switch (kind) {
    case 'autotools':
      return packagesInConfigLog(text);
    case 'cmake':
      return packagesInCmakeCache(text, readTextIfAny(join(directory, 'build.ninja'), LOG_LIMIT_BYTES));
    case 'meson':
      return packagesInMesonLog(text);
  }
}

/** Names of packages that one configuration found and the other did not; sorted. */
export function lostPackages(ordinary: FoundPackages, other: FoundPackages): readonly string[] {
  const has = new Set([...other.found.values()].map(normal));
  const lost = new Map<string, string>();
  for (const [check, name] of ordinary.found)
    if (!other.found.has(check) && !has.has(normal(name)) && isFeature(name)) lost.set(...shown(name));
  return [...lost.values()].toSorted();
}

/** Of libraries and packages: each once, under one name; sorted. */
export function featuresAmong(names: readonly string[]): readonly string[] {
  return [...new Map(names.filter(isFeature).map(shown)).values()].toSorted();
}

const isFeature = (name: string): boolean => !isOfCLibrary(name) && !NO_FEATURE.test(name);

function shown(name: string): readonly [string, string] {
  const plain = normal(name);
  return [plain, name === name.toUpperCase() || plain === 'zlib' ? plain : name];
}

/** `ZLIB`, `zlib` and `libz` are one: each build system names it in its own way. */
function normal(name: string): string {
  const plain = name.toLowerCase().replace(/^lib(?=.)/, '');
  return plain === 'z' ? 'zlib' : plain;
}

/** In musl they are part of libc: what it finds or not of them is no feature of a program. */
const OF_C_LIBRARY = new Set(
  'c m pthread threads rt dl util crypt resolv xnet nsl socket intl iconv backtrace execinfo bsd-compat gcc gcc_s stdc++ atomic'.split(
    ' ',
  ),
);

function isOfCLibrary(name: string): boolean {
  return OF_C_LIBRARY.has(name.toLowerCase().replace(/^lib(?=.)/, ''));
}

/** Programs of a build, and what only its tests use. */
const NO_FEATURE =
  /^(?:pkgconfig|pkg-config|python\w*|perl\w*|git|doxygen|java|jni|ruby|latex|sphinx|gtest\w*|gmock\w*|googletest|catch2?|benchmark|check|cunit|cppunit|cmocka|criterion|bison|flex|gettext|swig|cppcheck|clang\w*|llvm|boost_unit_test\w*|valgrind|lcov|cmake|ccache)$/i;

/** `checking for deflate in -lz`, `checking for library containing …`, and what is asked of pkg-config; each with its result. */
export function packagesInConfigLog(log: string): FoundPackages {
  const found = new Map<string, string>();
  let lacks = false;
  let check = '';
  let module: string | null = null;
  const outputs = log.slice(log.lastIndexOf('## Output variables. ##'));
  for (const line of log.split('\n')) {
    const started = /^configure:\d{1,9}: checking (.{1,300})$/.exec(line)?.[1];
    if (started !== undefined) {
      check = started;
      module = null;
    }
    module ??=
      /^configure:\d{1,9}: \$PKG_CONFIG --exists --print-errors "([\w+.-]{1,200})/.exec(line)?.[1] ?? null;
    const result = /^configure:\d{1,9}: result: (?:\(cached\) )?(.{0,200})$/.exec(line)?.[1];
    if (result === undefined || check === '') continue;
    const library = / in -l([\w+.-]{1,100})/.exec(check)?.[1];
    const searched = check.startsWith('for library containing ')
      ? /^-l([\w+.-]{1,100})/.exec(result)?.[1]
      : undefined;
    const linked = library ?? searched;
    const name = module ?? (linked === undefined ? undefined : `lib${linked}`);
    if (result === 'no') lacks = true;
    // What is found and then linked with nothing is no feature.
    const isUsed = module !== null || outputs.includes(`-l${linked ?? ''}`);
    if (name !== undefined && result !== 'no' && isUsed) found.set(check, name);
    check = '';
  }
  return { found, lacks };
}

/** Of CMake's cache: packages, and libraries by their paths; not HAVE_STRLCPY and its kind, which are facts of a C library. */
export function packagesInCmakeCache(cache: string, ninja: string | null): FoundPackages {
  const found = new Map<string, string>();
  let lacks = false;
  for (const line of cache.split('\n')) {
    const [, name = '', type = '', value = ''] =
      /^([^#/:=\s][^:=]{0,199}):([A-Z]{1,20})=(.{0,4000})$/.exec(line) ?? [];
    if (name === '') continue;
    const isMissing = value.endsWith('-NOTFOUND') || (type === 'INTERNAL' && value === '');
    if (isMissing) lacks = true;
    const what = isMissing ? null : packageOf(name, type, value);
    if (what !== null && isLinked(value, ninja)) found.set(name, what);
  }
  return { found, lacks };
}

function packageOf(name: string, type: string, value: string): string | null {
  const named =
    /^FIND_PACKAGE_MESSAGE_DETAILS_(.+)$/.exec(name)?.[1] ??
    (type === 'INTERNAL' && value === '1'
      ? /^(?:HAVE_(LIB\w+)|(.+)_FOUND)$/
          .exec(name)
          ?.slice(1)
          .find((one) => one !== undefined)
      : undefined) ??
    (type === 'PATH' ? /^(.+)_DIR$/.exec(name)?.[1] : undefined);
  if (named !== undefined)
    return /_(?:SOURCE|BINARY|INCLUDE|INSTALL|OUTPUT|RUNTIME)$/.test(named) ? null : named;
  const isPath = type === 'FILEPATH' || type === 'PATH' || type === 'STRING';
  return isPath ? (LIBRARY_FILE.exec(value)?.[1] ?? null) : null;
}

const LIBRARY_FILE = /\/lib([\w+.-]{1,100}?)\.(?:so|a)(?:[.\d]{0,20})(?:$|[\];])/;

/** A library that no step of the build links is no feature. Where ninja is not used, all count. */
function isLinked(value: string, ninja: string | null): boolean {
  const library = /\/[^\s;\][]{1,400}\/lib[\w+.-]{1,100}?\.(?:so|a)[.\d]{0,20}/.exec(value)?.[0];
  return ninja === null || library === undefined || ninja.includes(library);
}

/** `Run-time dependency zlib found: YES 1.2.13`, `Library z found: NO`. */
export function packagesInMesonLog(log: string): FoundPackages {
  const found = new Map<string, string>();
  let lacks = false;
  for (const line of log.split('\n')) {
    const match =
      /^(?:Run-time dependency|Dependency|Library) ([\w+.-]{1,100})(?: \(modules: [^)]{1,300}\))? found: (YES|NO)/.exec(
        line,
      );
    if (match === null) continue;
    const [, name = '', answer] = match;
    if (answer === 'NO') lacks = true;
    else found.set(name, name);
  }
  return { found, lacks };
}
