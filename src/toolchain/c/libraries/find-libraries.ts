import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { abiOfArchitecture, gnuTriple } from '../../../core/machine-abis.ts';
import { hostArchitecture } from '../../../core/machines.ts';
import type { IncludedLibrary } from '../../../project/project.ts';
import { askTool, type AskOptions } from '../../find/ask-tool.ts';
import type { Tool, Tools } from '../../find/tools.ts';
import { libraryOfHeader } from './known-libraries.ts';
import { moduleOfHeader } from './module-database.ts';

/** Of one program; one that includes more is no program of a file or two. */
const MAX_LIBRARIES = 40;

/** The C and C++ standards' own, POSIX' and the kernel's: what any C library brings. */
const STANDARD =
  /^[a-z_]+$|^(?:sys|linux|asm|asm-generic|net|netinet|arpa|bits|gnu|rpc|scsi|mtd|c\+\+|experimental|ext)\/|^(?:aio|alloca|argp|assert|byteswap|complex|cpio|ctype|dirent|dlfcn|elf|endian|envz?|err|errno|error|execinfo|fcntl|features|fenv|float|fmtmsg|fnmatch|fts|ftw|getopt|glob|grp|iconv|ifaddrs|inttypes|iso646|langinfo|libgen|libintl|limits|link|locale|malloc|math|memory|mntent|monetary|mqueue|netdb|nl_types|obstack|paths|poll|pthread|pty|pwd|regex|resolv|sched|search|semaphore|setjmp|sgtty|shadow|signal|spawn|stdalign|stdarg|stdatomic|stdbit|stdbool|stddef|stdint|stdio|stdio_ext|stdlib|stdnoreturn|string|strings|stropts|syscall|sysexits|syslog|tar|termios?|tgmath|threads|time|uchar|ucontext|ulimit|unistd|utime|utmpx?|values|wait|wchar|wctype|wordexp|[a-z]*intrin)\.h$/;

/** Libraries of this machine that a program asks for by its `#include` lines. Error: INTERRUPTED. */
export async function findLibraries(
  headers: readonly string[],
  tools: Tools,
  options: AskOptions,
): Promise<readonly IncludedLibrary[]> {
  const machine = await libraryFolders(tools, options);
  const found = new Map<string, IncludedLibrary>();
  for (const header of headers) {
    if (found.size >= MAX_LIBRARIES) break;
    const library = await libraryFor(header, machine, options);
    if (library !== null && !found.has(library.name)) found.set(library.name, library);
  }
  return [...found.values()];
}

export interface LibraryFolders {
  readonly pkgConfig: Tool | null;
  /** Folders with `.pc` files. */
  readonly modules: readonly string[];
  /** Where a compiler looks for headers by itself. */
  readonly headers: readonly string[];
  readonly libraries: readonly string[];
}

/** Where this machine's ordinary compiler and pkg-config look. */
export async function libraryFolders(
  { build: { pkgConfig }, c }: Tools,
  options: AskOptions,
): Promise<LibraryFolders> {
  const abi = abiOfArchitecture(hostArchitecture());
  const triple = abi === null ? null : gnuTriple(abi);
  const path =
    pkgConfig === null ? null : await askTool(pkgConfig, ['--variable', 'pc_path', 'pkg-config'], options);
  const own = c.cCompilers.find(({ kind, libc }) => kind === 'native' && libc === 'glibc')?.libraryDirectory;
  const multiarch = (folder: string): readonly string[] => (triple === null ? [] : [`${folder}/${triple}`]);
  return {
    pkgConfig,
    modules: [options.env['PKG_CONFIG_PATH'] ?? '', path?.trim() ?? '']
      .flatMap((list) => list.split(':'))
      .filter((folder) => folder.startsWith('/')),
    headers: ['/usr/local/include', ...multiarch('/usr/include'), '/usr/include'],
    libraries: [
      ...(own === null || own === undefined ? [] : [own]),
      '/usr/local/lib',
      ...multiarch('/usr/lib'),
      '/usr/lib64',
      '/usr/lib',
    ],
  };
}

async function libraryFor(
  header: string,
  machine: LibraryFolders,
  options: AskOptions,
): Promise<IncludedLibrary | null> {
  const known = libraryOfHeader(header);
  if (known === null) {
    if (STANDARD.test(header) || machine.modules.length === 0) return null;
    const module = moduleOfHeader(header, machine.modules, machine.headers);
    return module === null ? null : askModules(header, [module], machine, options);
  }
  const answer =
    known.modules.length === 0 ? null : await askModules(header, known.modules, machine, options);
  if (answer !== null) return answer;
  const isHere = machine.headers.some((folder) => existsSync(join(folder, header)));
  if (!isHere || known.link.length === 0) return null;
  const has = (name: string, ending: string): boolean =>
    machine.libraries.some((folder) => existsSync(join(folder, `lib${name}.${ending}`)));
  const linked = (names: readonly string[]): readonly string[] => names.map((name) => `-l${name}`);
  return {
    header,
    name: known.link.join(', '),
    cflags: [],
    link: linked(known.link.filter((name) => has(name, 'so') || has(name, 'a'))),
    staticLink: linked(known.link.filter((name) => has(name, 'a'))),
  };
}

/** What pkg-config says of modules that have the header; null where it does not know them, or they have it not. */
async function askModules(
  header: string,
  modules: readonly string[],
  { pkgConfig, headers, libraries }: LibraryFolders,
  options: AskOptions,
): Promise<IncludedLibrary | null> {
  if (pkgConfig === null) return null;
  const ask = async (...words: readonly string[]): Promise<readonly string[] | null> =>
    (await askTool(pkgConfig, [...words, '--', ...modules], options))?.trim().split(/\s+/) ?? null;
  const [cflags, link, staticLink] = await Promise.all([
    ask('--cflags'),
    ask('--libs'),
    ask('--static', '--libs'),
  ]);
  if (cflags === null || link === null) return null;
  const folders = [...cflags.flatMap((word) => (word.startsWith('-I') ? [word.slice(2)] : [])), ...headers];
  if (!folders.some((folder) => existsSync(join(folder, header)))) return null;
  const searched = [
    ...(staticLink ?? []).flatMap((word) => (word.startsWith('-L') ? [word.slice(2)] : [])),
    ...libraries,
  ];
  const isArchived = (word: string): boolean =>
    !word.startsWith('-l') || searched.some((folder) => existsSync(join(folder, `lib${word.slice(2)}.a`)));
  return {
    header,
    name: modules.join(', '),
    cflags: cflags.filter((word) => /^-[ID]/.test(word)),
    link: link.filter(isOfLinker),
    staticLink: (staticLink ?? link).filter(isOfLinker).filter(isArchived),
  };
}

/** A `.pc` file can say anything. */
function isOfLinker(word: string): boolean {
  return /^-(?:[lL]\S|Wl,|pthread$)/.test(word);
}
