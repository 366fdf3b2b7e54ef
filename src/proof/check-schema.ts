import * as v from 'valibot';
import { WORD_LIMIT_BYTES } from '../core/word-limit.ts';
import {
  describeFields,
  described,
  type FieldDescription,
  fitsWord,
  listOf,
  withoutNul,
  word,
  wordList,
  WORDS_LIMIT,
} from '../json/index.ts';
import { conditionFields } from './conditions/conditions-schema.ts';
import { describeServiceFields } from './services/services-schema.ts';

/** A command that has not ended, or a server that has not answered, by then has failed. */
const DEFAULT_TIMEOUT_SECONDS = 30;
const LEAST_TIMEOUT_SECONDS = 0.1;
const TIMEOUT_LIMIT_SECONDS = 3600;
/** A morsel.json with more is generated, and wrong. */
export const CHECKS_LIMIT = 1000;
/** Characters; it stands on one line with what came of the check. */
const NAME_LIMIT = 200;
/** Characters; as much as is kept of a program's output. */
const STDIN_LIMIT = 1024 * 1024;
/** In one list: whoever looks for more compares with a file, by a program. */
const PATTERNS_LIMIT = 100;
/** Characters, of a URL: what servers take. */
const URL_LIMIT = 8000;
/** Characters, of a host: RFC 1035 2.3.4. */
const HOST_LIMIT = 253;
const PORT_LIMIT = 65535;

const words = v.union([
  v.pipe(
    word,
    v.transform((one) => [one]),
  ),
  wordList,
]);

const variableName = v.pipe(
  word,
  v.check((name) => name !== '' && !name.includes('='), 'a name without ='),
);
const environment = v.pipe(
  v.record(variableName, word),
  v.maxEntries(WORDS_LIMIT, `at most ${WORDS_LIMIT} variables`),
  v.check(
    (env) => Object.entries(env).every(([name, value]) => fitsWord(`${name}=${value}`)),
    `of variables shorter than ${WORD_LIMIT_BYTES} bytes`,
  ),
);

export const PATTERN_DESCRIPTION =
  'A regular expression in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax): what JavaScript has, but look-around and back-references; (?i) and (?s) too.';

/** Looked at by `pattern.ts`, which is loaded where there is one. */
const pattern = v.pipe(
  v.string(),
  v.description(PATTERN_DESCRIPTION),
  v.transform((source) => ({ source })),
);
const patterns = (description: string) =>
  v.optional(v.pipe(listOf(pattern, PATTERNS_LIMIT, 'regular expressions'), v.description(description)), []);
const defaulted = <const Schema extends v.GenericSchema, const Value extends v.InferInput<Schema>>(
  schema: Schema,
  value: Value,
  description: string,
) => v.optional(v.pipe(schema, v.description(description)), value);

const common = {
  name: v.pipe(
    v.string(),
    v.nonEmpty(),
    v.maxLength(NAME_LIMIT, `at most ${NAME_LIMIT} characters`),
    v.description('What reports call it.'),
  ),
  args: described(wordList, "After the command; they replace the image's cmd, as in docker run IMAGE ARGS."),
  env: defaulted(environment, {}, "Added to the image's own."),
  stdin: described(
    v.pipe(v.string(), v.maxLength(STDIN_LIMIT, `at most ${STDIN_LIMIT} characters`)),
    'Default: empty.',
  ),
  expectedOutput: patterns('Patterns that stdout holds, all of them.'),
  excludedOutput: patterns('Patterns that stdout does not hold, none of them.'),
  expectedError: patterns('The same for stderr.'),
  excludedError: patterns('The same for stderr.'),
  timeoutSeconds: defaulted(
    v.pipe(v.number(), v.minValue(LEAST_TIMEOUT_SECONDS), v.maxValue(TIMEOUT_LIMIT_SECONDS)),
    DEFAULT_TIMEOUT_SECONDS,
    `For the program and for comparing what it printed; default ${DEFAULT_TIMEOUT_SECONDS}.`,
  ),
  ...conditionFields,
};

const exitCode = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255));

export const commandSchema = v.strictObject({
  ...common,
  command: defaulted(words, [], "Replaces the image's entrypoint and cmd; empty: the image's own."),
  exitCode: defaulted(exitCode, 0, 'As docker run gives it: 128+N for signal N; default 0.'),
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
  exitCode: described(exitCode, 'With signal.'),
  start: defaulted(words, [], "For a server: what to start; empty: the image's own."),
  http: described(
    v.strictObject({
      url: v.pipe(url, v.description('http://127.0.0.1:PORT/path')),
      status: defaulted(
        v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(599)),
        200,
        'Default 200.',
      ),
      body: described(pattern, 'A regular expression that the body holds.'),
    }),
    'For a server: what is asked, and what it answers.',
  ),
  tcp: described(
    v.strictObject({
      host: defaulted(host, '127.0.0.1', 'Default 127.0.0.1.'),
      port: v.pipe(port, v.description('From 1 to 65535.')),
    }),
    'For a server: where it takes connections.',
  ),
});

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'http:';
}

/** Of both kinds, each once. */
export function describeCheckFields(): readonly FieldDescription[] {
  const ofCommand = describeFields(commandSchema);
  const known = new Set(ofCommand.map(({ field }) => field));
  const ofServer = describeFields(serverSchema).filter(({ field }) => !known.has(field));
  return [...ofCommand, ...ofServer, ...describeServiceFields()];
}
