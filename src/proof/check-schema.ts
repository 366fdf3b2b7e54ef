import * as v from 'valibot';
import { WORD_LIMIT_BYTES } from '../core/word-limit.ts';

/** A command that has not ended, or a server that has not answered, by then has failed. */
const DEFAULT_TIMEOUT_SECONDS = 30;
const LEAST_TIMEOUT_SECONDS = 0.1;
const TIMEOUT_LIMIT_SECONDS = 3600;
/** A morsel.json with more is generated, and wrong. */
export const CHECKS_LIMIT = 1000;
/** Characters; it stands on one line with what came of the check. */
const NAME_LIMIT = 200;
/** Words of a command, and variables. */
const WORDS_LIMIT = 1000;
/** Characters; as much as is kept of a program's output. */
const STDIN_LIMIT = 1024 * 1024;
/** In one list: whoever looks for more compares with a file, by a program. */
const PATTERNS_LIMIT = 100;
/** Characters, of a URL: what servers take. */
const URL_LIMIT = 8000;
/** Characters, of a host: RFC 1035 2.3.4. */
const HOST_LIMIT = 253;
const PORT_LIMIT = 65535;

const fits = (text: string): boolean => Buffer.byteLength(text) < WORD_LIMIT_BYTES;
const withoutNul = (text: string): boolean => !text.includes('\0');

/** What execve(2) takes: a NUL would end it, and hide what follows. */
const word = v.pipe(
  v.string(),
  v.check(withoutNul, 'without a NUL character'),
  v.check(fits, `shorter than ${WORD_LIMIT_BYTES} bytes`),
);
const wordList = v.pipe(v.array(word), v.maxLength(WORDS_LIMIT, `at most ${WORDS_LIMIT} words`));
const words = v.pipe(
  v.unknown(),
  v.transform((value) => (typeof value === 'string' ? [value] : value)),
  wordList,
);

const variableName = v.pipe(
  word,
  v.check((name) => name !== '' && !name.includes('='), 'a name without ='),
);
const environment = v.pipe(
  v.record(variableName, word),
  v.check((env) => Object.keys(env).length <= WORDS_LIMIT, `at most ${WORDS_LIMIT} variables`),
  v.check(
    (env) => Object.entries(env).every(([name, value]) => fits(`${name}=${value}`)),
    `of variables shorter than ${WORD_LIMIT_BYTES} bytes`,
  ),
);

/** Looked at by `pattern.ts`, which is loaded where there is one. */
const pattern = v.pipe(
  v.string(),
  v.transform((source) => ({ source })),
);
const patterns = v.optional(
  v.pipe(v.array(pattern), v.maxLength(PATTERNS_LIMIT, `at most ${PATTERNS_LIMIT} regular expressions`)),
  [],
);

const common = {
  name: v.pipe(v.string(), v.nonEmpty(), v.maxLength(NAME_LIMIT, `at most ${NAME_LIMIT} characters`)),
  args: v.optional(wordList),
  env: v.optional(environment, {}),
  stdin: v.optional(v.pipe(v.string(), v.maxLength(STDIN_LIMIT, `at most ${STDIN_LIMIT} characters`))),
  expectedOutput: patterns,
  excludedOutput: patterns,
  expectedError: patterns,
  excludedError: patterns,
  timeoutSeconds: v.optional(
    v.pipe(v.number(), v.minValue(LEAST_TIMEOUT_SECONDS), v.maxValue(TIMEOUT_LIMIT_SECONDS)),
    DEFAULT_TIMEOUT_SECONDS,
  ),
};

export const commandSchema = v.strictObject({
  ...common,
  command: v.optional(words, []),
  exitCode: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)), 0),
});

const url = v.pipe(
  v.string(),
  v.maxLength(URL_LIMIT, `at most ${URL_LIMIT} characters`),
  v.check(isHttpUrl, 'a http:// address'),
);
const host = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.check(withoutNul, 'without a NUL character'),
  v.maxLength(HOST_LIMIT, `at most ${HOST_LIMIT} characters`),
);
const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(PORT_LIMIT));

export const serverSchema = v.strictObject({
  ...common,
  start: words,
  http: v.optional(
    v.strictObject({
      url,
      status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(599)), 200),
      body: v.optional(pattern),
    }),
  ),
  tcp: v.optional(v.strictObject({ host: v.optional(host, '127.0.0.1'), port })),
});

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'http:';
}
