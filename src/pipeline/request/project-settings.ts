import { MorselError } from '../../core/errors.ts';
import { fitsWord, type Problem, withoutNul, WORDS_LIMIT } from '../../json/index.ts';
import type { BuildSettings, ProjectSettings } from '../../project/index.ts';
import type { BuildOptions } from './build-options.ts';
import type { Configuration, WrittenSettings } from './morsel-json.ts';
import { LIBRARY_NAME, LIBRARY_NAME_WORDS } from './library-name.ts';

/** The lists of the command line stand after those of `morsel.json`, so that they win. */
export function projectSettings(options: BuildOptions, configuration: Configuration): ProjectSettings {
  checkTyped(options);
  const { rungs = [], prepare, allowFewerFeatures = false } = configuration;
  const common = settingsOf(configuration);
  return {
    common: {
      ...common,
      c: { ...common.c, link: [...common.c.link, ...(options.link ?? [])] },
      words: options.words ?? [],
    },
    rungs: isList(rungs) ? {} : settingsByRung(rungs),
    prepare: prepareOf(prepare),
    allowFewerFeatures: options.allowFewerFeatures ?? allowFewerFeatures,
  };
}

/** What is typed is held to the same bounds. Error: USAGE. */
function checkTyped({ words = [], link = [] }: BuildOptions): void {
  const wrongLink = link.find((name) => !LIBRARY_NAME.test(name));
  const wrongWord = words.find((word) => !withoutNul(word) || !fitsWord(word));
  const problem =
    wrongLink !== undefined
      ? `--link ${JSON.stringify(wrongLink.slice(0, SHOWN_LENGTH))} is not ${LIBRARY_NAME_WORDS}`
      : wrongWord !== undefined
        ? 'a word after -- holds a NUL, or is longer than Linux hands to a program'
        : Math.max(words.length, link.length) > WORDS_LIMIT
          ? `more than ${WORDS_LIMIT} words`
          : null;
  if (problem !== null) throw new MorselError('USAGE', problem, { hint: 'see `morsel build --help`' });
}

const SHOWN_LENGTH = 40;

/** As `Array.isArray`, which does not know lists that are only read. */
const isList = (value: object): value is readonly unknown[] => Array.isArray(value);

function settingsByRung(
  rungs: Exclude<Configuration['rungs'], readonly unknown[] | undefined>,
): ProjectSettings['rungs'] {
  return Object.fromEntries(
    Object.entries(rungs).flatMap(([rung, written]) =>
      written === undefined ? [] : [[rung, settingsOf(written)]],
    ),
  );
}

function settingsOf({ c, configure, make, cmake, meson, cargo, go }: WrittenSettings): BuildSettings {
  return {
    c: {
      link: c?.link ?? [],
      cflags: c?.cflags ?? [],
      ldflags: c?.ldflags ?? [],
      includes: c?.includes ?? [],
      std: c?.std ?? null,
    },
    configure: configure ?? [],
    make: make ?? [],
    cmake: definitionWords(cmake, ['ON', 'OFF']),
    meson: definitionWords(meson, ['true', 'false']),
    cargo: { features: cargo?.features ?? [], defaultFeatures: cargo?.defaultFeatures ?? true },
    go: { tags: go?.tags ?? [], ldflags: go?.ldflags ?? [] },
    words: [],
  };
}

/** `{ "WITH_X": true }` is `-DWITH_X=ON` to cmake, and `-DWITH_X=true` to meson. */
function definitionWords(
  written: WrittenSettings['cmake'],
  [yes, no]: readonly [string, string],
): readonly string[] {
  if (written === undefined || Array.isArray(written)) return written ?? [];
  return Object.entries(written).map(
    ([name, value]) => `-D${name}=${typeof value === 'boolean' ? (value ? yes : no) : value}`,
  );
}

/** `["make", "defconfig"]` is one command, and `[["make", "defconfig"], ["./x"]]` are two. */
function prepareOf(prepare: Configuration['prepare'] = []): ProjectSettings['prepare'] {
  const words = prepare.filter((one) => typeof one === 'string');
  return words.length > 0 ? [words] : prepare.filter((one) => typeof one !== 'string');
}

/** What cannot be run, or is outside of the project: a program of this machine is named as it is typed. */
export function prepareProblems(prepare: Configuration['prepare'] = []): readonly Problem[] {
  const lists = prepare.filter((one) => typeof one !== 'string');
  if (lists.length > 0 && lists.length < prepare.length)
    return [{ path: [], message: 'must be one command, a list of words, or a list of such lists' }];
  return prepareOf(prepare).flatMap(([program = ''], index) => {
    const path = lists.length > 0 ? [index] : [];
    const problem = programProblem(program);
    return problem === null ? [] : [{ path, message: problem, hint: PREPARE_HINT }];
  });
}

const PREPARE_HINT = 'write it as it is typed in the source folder: ["./autogen.sh"], ["make", "defconfig"]';

function programProblem(program: string): string | null {
  if (program === '') return 'must begin with the name of a program';
  if (program.startsWith('/')) return 'must name its program as it is found in PATH, or below the project';
  return program.split('/').includes('..') ? 'names a program that is not below the project' : null;
}
