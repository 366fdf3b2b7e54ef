/** What the build files of a C project say about it; all of it optional, nothing of it computed. */
export interface ManifestFacts {
  readonly name: string | null;
  readonly version: string | null;
  readonly license: string | null;
  /** Languages that the manifest names, lower case (`c`, `c++`); null when it does not say. */
  readonly languages: readonly ('c' | 'c++')[] | null;
  readonly choosesOptimisation: boolean;
  /** Commands of it have variables of make, `$(PR)`, at which Ninja stops (CMake's default is make). */
  readonly writesForMake?: boolean;
}

/** A call that says more than this about a project is none. */
const MAX_CALL_CHARACTERS = 16 * 1024;

/**
 * The words between a call's parentheses: from where `start` ends to what `end` finds first. Not one expression, which
 * would look for an end from each start.
 */
function argumentsOf(text: string, start: RegExp, end: RegExp): string {
  const call = start.exec(text);
  if (call === null) return '';
  const from = call.index + call[0].length;
  const rest = text.slice(from, from + MAX_CALL_CHARACTERS);
  return rest.slice(0, end.exec(rest)?.index ?? 0);
}

const NAME = /^[A-Za-z0-9][\w.+-]*$/;
const VERSION = /^\d[\w.+~-]*$/;

/** The first `project(NAME [VERSION x] [LANGUAGES …])` of a CMakeLists.txt. */
export function readCmakeText(text: string): ManifestFacts {
  const plain = text.replaceAll(/#.*$/gm, '');
  const words = argumentsOf(plain, /\bproject\s*\(/i, /\)/).match(/"[^"]*"|[^\s"]+/g) ?? [];
  const values = words.map((word) => word.replaceAll('"', ''));
  const after = (keyword: string): string | null => {
    const index = values.indexOf(keyword);
    return index < 0 ? null : (values[index + 1] ?? null);
  };
  return {
    name: checked(values[0], NAME),
    version: checked(after('VERSION'), VERSION),
    license: null,
    languages: cmakeLanguages(values),
    choosesOptimisation: /\bset\s*\(\s*CMAKE_BUILD_TYPE\b/i.test(plain),
    writesForMake: /\$\([A-Za-z_]\w{0,60}\)/.test(plain),
  };
}

/** `project(name C CXX)` of old, or `LANGUAGES C CXX`; without either CMake enables both. */
function cmakeLanguages(values: readonly string[]): ManifestFacts['languages'] {
  const start = values.indexOf('LANGUAGES');
  const keywords = ['VERSION', 'DESCRIPTION', 'HOMEPAGE_URL', 'COMPAT_VERSION'];
  const rest =
    start >= 0
      ? values.slice(start + 1)
      : keywords.some((word) => values.includes(word))
        ? []
        : values.slice(1);
  const languages = rest.flatMap((word) =>
    word === 'C' ? (['c'] as const) : word === 'CXX' ? (['c++'] as const) : [],
  );
  return languages.length === 0 ? null : languages;
}

/** `project('name', 'c', version: '1.2', license: 'MIT')` of a meson.build. */
export function readMesonText(text: string): ManifestFacts {
  const plain = text.replaceAll(/^[ \t]*#.*$/gm, '');
  const call = argumentsOf(plain, /\bproject\s*\(/, /\n?\)[ \t\r]*(?:\n|$)/);
  const positional = call.split(/\b[a-z_]+\s*:/, 1)[0] ?? '';
  const strings = [...positional.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '');
  const languages = strings
    .slice(1)
    .flatMap((word) => (word === 'c' ? (['c'] as const) : word === 'cpp' ? (['c++'] as const) : []));
  return {
    name: checked(strings[0], NAME),
    version: checked(/\bversion\s*:\s*'([^']*)'/.exec(call)?.[1], VERSION),
    license: checked(
      /\blicense\s*:\s*'([^']*)'/.exec(call)?.[1],
      /^[A-Z][\w.+-]*-\d[\w.+-]*$|^(MIT|ISC|Zlib|Unlicense)$/,
    ),
    languages: languages.length === 0 ? null : languages,
    choosesOptimisation: /'(buildtype|optimization)\s*=/.test(call),
  };
}

/**
 * `AC_INIT([name], [version])` of a configure.ac; a version made by a macro is not known. With one argument it is the form of
 * old, whose argument is a source file (`AC_INIT(socat.c)`): the name is then AM_INIT_AUTOMAKE's or that of PACKAGE, if any.
 */
export function readConfigureAcText(text: string): ManifestFacts {
  const plain = text.replaceAll(/^[ \t]*(dnl\b|#).*$/gm, '');
  const words = macroWords(plain, /\bAC_INIT\s*\(/);
  const old = words.length > 1 ? [] : macroWords(plain, /\bAM_INIT_AUTOMAKE\s*\(/);
  const [name, version] = words.length > 1 ? words : old.length > 1 ? old : [assigned(plain, 'PACKAGE')];
  return {
    // As autoconf makes a tarball's name from it: `GNU Hello` is hello.
    name: checked(words[3] ?? name?.replace(/^GNU /, '').replaceAll(' ', '-'), NAME),
    version: checked(version ?? (words.length > 1 ? null : assigned(plain, 'VERSION')), VERSION),
    license: null,
    languages: null,
    choosesOptimisation: false,
  };
}

function macroWords(text: string, start: RegExp): readonly string[] {
  return argumentsOf(text, start, /\)/)
    .split(',')
    .map((word) => word.replaceAll(/[[\]"']/g, '').trim());
}

/** A shell variable of the script: `PACKAGE=tool`. */
function assigned(text: string, name: string): string | undefined {
  return new RegExp(`^[ \\t]*${name}=["']?([\\w.+-]{1,128})["']?[ \\t\\r]*$`, 'm').exec(text)?.[1];
}

function checked(text: string | null | undefined, pattern: RegExp): string | null {
  return text !== null && text !== undefined && text.length <= 128 && pattern.test(text) ? text : null;
}
