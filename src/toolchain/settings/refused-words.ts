import { isAbsolute, normalize } from 'node:path';

/** What builds a project, as far as settings go. */
export type BuildTool = 'compiler' | 'make' | 'cmake' | 'meson' | 'configure' | 'cargo' | 'go';

/** A word of a tool by which morsel would lose the program. */
export interface RefusedWord {
  /** `-o`: as it is, with its value behind `=`, and for one letter with the value in the same word. */
  readonly names: readonly string[];
  readonly reason: string;
  readonly hint?: string;
  /** Refused with such a value only. */
  readonly value?: (value: string) => boolean;
  /** `switch`: it has no value; `word`: the value is the next word or stands behind `=`. Else `-oFILE` is one as well. */
  readonly form?: 'switch' | 'word';
}

/** What a tool refuses of a word: the value of `-DNAME=VALUE` and `NAME=VALUE` belongs to the name. */
export function refusedWord(tool: BuildTool, word: string, next: string | undefined): RefusedWord | null {
  const meant = WRITTEN[tool](word);
  return REFUSED_WORDS[tool].find((one) => meant.some((single) => isRefused(one, single, next))) ?? null;
}

function isRefused(refused: RefusedWord, word: string, next: string | undefined): boolean {
  for (const name of refused.names) {
    const value = valueOf(refused, name, word, next);
    if (value !== null && (refused.value?.(value) ?? true)) return true;
  }
  return false;
}

const asIs = (word: string): readonly string[] => [word];

/** How tools read a word: by getopt_long(3) and its kind. `-kC..` is `-k` and `-C..`; `--dry` is `--dry-run`. */
const WRITTEN: Readonly<Record<BuildTool, (word: string) => readonly string[]>> = {
  compiler: asIs,
  // Options of GNU make that take a value, or may take one.
  make: (word) => [...singleOptions(word, 'CEfIjloOW'), ...wholeNames('make', word)],
  cmake: asIs,
  meson: (word) => [...singleOptions(word, 'D'), ...wholeNames('meson', word)],
  // Autoconf's takes beginnings of names, and each letter alone.
  configure: (word) => wholeNames('configure', word),
  cargo: (word) => singleOptions(word, 'CFjpZ'),
  go: asIs,
};

/** Of several letters behind one `-`: each by itself, the last with its value. */
function singleOptions(word: string, withValue: string): readonly string[] {
  if (!/^-[A-Za-z]{2}/.test(word)) return [word];
  const last = [...word].findIndex((letter) => withValue.includes(letter));
  const letters = [...(last < 0 ? word : word.slice(0, last))].slice(1);
  return [...letters.map((letter) => `-${letter}`), ...(last < 0 ? [] : [`-${word.slice(last)}`])];
}

/** The refused names that a word may stand for: one with several meanings is an error of the tool's own. */
function wholeNames(tool: BuildTool, word: string): readonly string[] {
  const [, beginning, value = ''] = /^(--[a-z][a-z-]*)(=.*)?$/s.exec(word) ?? [];
  if (beginning === undefined) return [word];
  const names = REFUSED_WORDS[tool].flatMap((one) => one.names).filter((name) => name.startsWith(beginning));
  return [word, ...names.map((name) => `${name}${value}`)];
}

/** '' where it has none; null where the word is another one. */
function valueOf({ form }: RefusedWord, name: string, word: string, next: string | undefined): string | null {
  if (word === name) return form === 'switch' ? '' : (next ?? '');
  if (form === 'switch') return null;
  if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
  const takesJoined = form === undefined && /^-[A-Za-z]$/.test(name);
  return takesJoined && word.startsWith(name) ? word.slice(2) : null;
}

const ELSEWHERE = 'the program would be put where morsel does not look for it';
const BUILDS_NOTHING = 'no program would be built';
const ANOTHER = 'another program would be built';

function leavesSources(path: string): boolean {
  return isAbsolute(path) || normalize(path).split('/', 1)[0] === '..';
}

const CMAKE_OUTPUTS = ['CMAKE_RUNTIME_OUTPUT_DIRECTORY', 'EXECUTABLE_OUTPUT_PATH'].flatMap((name) => [
  `-D${name}`,
  `-D${name}:PATH`,
  `-D${name}:STRING`,
  name,
  `${name}:PATH`,
]);
const CMAKE_COMPILERS = ['CMAKE_TOOLCHAIN_FILE', 'CMAKE_C_COMPILER', 'CMAKE_CXX_COMPILER'].flatMap((name) =>
  [name, `${name}:FILEPATH`, `${name}:PATH`, `${name}:STRING`].flatMap((one) => [`-D${one}`, one]),
);
const RUNG_DECIDES = 'the rung decides about the compiler';
const RUNG_HINT = 'ask for a rung with --rung; what its compiler is to be told goes into `c` of morsel.json';

/** By tool; anything else is taken, and what comes out is read again. */
const REFUSED_WORDS: Readonly<Record<BuildTool, readonly RefusedWord[]>> = {
  compiler: [
    { names: ['-o'], reason: ELSEWHERE, hint: 'the image is named with -t' },
    {
      names: ['-c', '-S', '-E', '-M', '-MM', '-fsyntax-only', '-###', '--version', '--help', '-r'],
      reason: BUILDS_NOTHING,
      form: 'switch',
    },
  ],
  make: [
    {
      names: [
        '-n',
        '--just-print',
        '--dry-run',
        '--recon',
        '-q',
        '--question',
        '-t',
        '--touch',
        '-v',
        '--version',
        '-h',
        '--help',
      ],
      reason: BUILDS_NOTHING,
      form: 'switch',
    },
    {
      names: ['-C', '--directory'],
      value: leavesSources,
      reason: 'it leads out of the copy of the sources, in which morsel builds',
      hint: 'name a folder below the project, or build that folder itself',
    },
  ],
  cmake: [
    { names: ['-B'], reason: ELSEWHERE },
    { names: CMAKE_OUTPUTS, reason: ELSEWHERE },
    { names: CMAKE_COMPILERS, reason: RUNG_DECIDES, hint: RUNG_HINT },
    { names: ['--toolchain'], reason: RUNG_DECIDES, hint: RUNG_HINT },
    {
      names: ['-S'],
      value: leavesSources,
      reason: 'it leads out of the project',
      hint: 'name a folder below the project, or build that folder itself',
    },
    {
      names: [
        '-P',
        '-E',
        '-N',
        '--build',
        '--install',
        '--open',
        '--find-package',
        '--workflow',
        '--version',
        '--help',
        '-h',
      ],
      reason: BUILDS_NOTHING,
      form: 'switch',
    },
  ],
  meson: [
    { names: ['--help', '-h', '--version', '-v'], reason: BUILDS_NOTHING, form: 'switch' },
    { names: ['--backend'], value: (value) => value !== 'ninja', reason: 'morsel builds with ninja' },
  ],
  configure: [
    {
      names: ['--help', '-h', '--version', '-V', '-n', '--no-create'],
      reason: BUILDS_NOTHING,
      form: 'switch',
    },
    { names: ['--srcdir'], reason: 'morsel builds in a copy of the sources' },
  ],
  cargo: [
    { names: ['--target-dir', '--artifact-dir', '--out-dir'], reason: ELSEWHERE },
    { names: ['--target'], reason: 'the rung decides about it', hint: 'ask for a rung with --rung' },
    {
      names: ['--profile'],
      reason: ELSEWHERE,
      hint: 'set what it has in [profile.release]; --size debug keeps symbols',
    },
    {
      names: ['--manifest-path'],
      reason: ANOTHER,
      hint: 'name the folder of that package: morsel build FOLDER',
    },
    {
      names: ['--package', '-p', '--bin', '--example'],
      reason: ANOTHER,
      hint: 'choose with --bin of morsel, before the --',
    },
    {
      names: [
        '--workspace',
        '--all',
        '--bins',
        '--examples',
        '--tests',
        '--benches',
        '--all-targets',
        '--lib',
      ],
      reason: 'more than the program would be built',
      form: 'switch',
    },
    {
      names: ['--help', '-h', '--version', '-V', '--build-plan', '--unit-graph'],
      reason: BUILDS_NOTHING,
      form: 'switch',
    },
  ],
  go: [
    { names: ['-o', '--o'], form: 'word', reason: ELSEWHERE, hint: 'the image is named with -t' },
    { names: ['-C', '--C'], form: 'word', reason: ANOTHER, hint: 'name that folder: morsel build FOLDER' },
    { names: ['-n', '--n', '-h', '-help', '--help'], reason: BUILDS_NOTHING, form: 'switch' },
    {
      names: ['-buildmode', '--buildmode'],
      value: (value) => value !== 'exe' && value !== 'default',
      reason: 'a static program of Go is an exe',
    },
  ],
};
