import * as v from 'valibot';
import { MorselError } from '../core/errors.ts';
import type { Check, ServerRequest } from './check.ts';

/** A command that has not ended, or a server that has not answered, by then has failed. */
export const DEFAULT_TIMEOUT_SECONDS = 30;
const TIMEOUT_LIMIT_SECONDS = 3600;
/** A morsel.json with more is generated, and wrong. */
const CHECKS_LIMIT = 1000;
const PORT_LIMIT = 65535;

const strings = v.array(v.string());
const words = v.union(
  [
    strings,
    v.pipe(
      v.string(),
      v.transform((word) => [word]),
    ),
  ],
  'an array of strings',
);
const regularExpression = v.pipe(
  v.string(),
  v.check(isRegularExpression, 'a regular expression'),
  v.transform(compile),
);
const regularExpressions = v.optional(v.array(regularExpression), []);
const seconds = v.pipe(v.number(), v.minValue(0.1), v.maxValue(TIMEOUT_LIMIT_SECONDS));

const common = {
  name: v.pipe(v.string(), v.nonEmpty()),
  args: v.optional(strings),
  env: v.optional(v.record(v.string(), v.string()), {}),
  stdin: v.optional(v.string()),
  expectedOutput: regularExpressions,
  excludedOutput: regularExpressions,
  expectedError: regularExpressions,
  excludedError: regularExpressions,
  timeoutSeconds: v.optional(seconds, DEFAULT_TIMEOUT_SECONDS),
};

const commandSchema = v.strictObject({
  ...common,
  command: v.optional(words, []),
  exitCode: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)), 0),
});

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(PORT_LIMIT));
const serverSchema = v.strictObject({
  ...common,
  start: words,
  http: v.optional(
    v.strictObject({
      url: v.pipe(v.string(), v.check(isHttpUrl, 'a http:// address')),
      status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(599)), 200),
      body: v.optional(regularExpression),
    }),
  ),
  tcp: v.optional(v.strictObject({ host: v.optional(v.string(), '127.0.0.1'), port })),
});

/**
 * `checks` of a morsel.json. Error: CONFIG_INVALID, which names the field: `checks[2].exitCode must be a number`.
 */
export function parseChecks(json: unknown): readonly Check[] {
  if (!Array.isArray(json)) throw invalid('checks', 'must be an array');
  if (json.length > CHECKS_LIMIT) throw invalid('checks', `has more than ${CHECKS_LIMIT} entries`);
  return json.map((one: unknown, index) => parseCheck(one, `checks[${index}]`));
}

function parseCheck(json: unknown, field: string): Check {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw invalid(field, 'must be an object');
  const isServer = 'start' in json || 'http' in json || 'tcp' in json;
  if (!isServer) {
    const { args = null, stdin = null, ...rest } = parse(commandSchema, json, field);
    return { kind: 'command', args, stdin, ...rest };
  }
  const {
    args = null,
    stdin = null,
    http,
    tcp,
    ...rest
  } = parse(serverSchema, { start: [], ...json }, field);
  return { kind: 'server', args, stdin, ...rest, request: serverRequest(http, tcp, field) };
}

type ServerInput = v.InferOutput<typeof serverSchema>;

function serverRequest(http: ServerInput['http'], tcp: ServerInput['tcp'], field: string): ServerRequest {
  if (http !== undefined && tcp !== undefined)
    throw invalid(field, 'has both http and tcp: make it two checks');
  if (http !== undefined)
    return { kind: 'http', url: http.url, status: http.status, body: http.body ?? null };
  if (tcp !== undefined) return { kind: 'tcp', host: tcp.host, port: tcp.port };
  throw invalid(field, 'has start, and neither http nor tcp to ask it by');
}

function parse<const Schema extends v.GenericSchema>(
  schema: Schema,
  json: unknown,
  field: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = (issue.path ?? []).map(({ key }) =>
    typeof key === 'number' ? `[${key}]` : `.${String(key)}`,
  );
  throw invalid(field + path.join(''), problemOf(issue));
}

/** Valibot's types in a user's words. */
const WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  array: 'an array',
  record: 'an object of strings',
  strict_object: 'an object',
  integer: 'a whole number',
};

function problemOf(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'never') return 'is unknown: the words are those of container-structure-test';
  if (issue.input === undefined) return 'is missing';
  if (issue.type === 'non_empty') return 'must not be empty';
  if (issue.type === 'min_value' || issue.type === 'max_value') return `must be ${issue.expected ?? ''}`;
  return `must be ${WORDS[issue.type] ?? issue.message}`;
}

function invalid(field: string, problem: string): MorselError {
  return new MorselError('CONFIG_INVALID', `${field} ${problem}`, {
    hint: 'see "Checks" in docs/reference/morsel-json.md',
    details: { field },
  });
}

function isRegularExpression(text: string): boolean {
  try {
    compile(text);
    return true;
  } catch {
    return false;
  }
}

/** `m`: `^hello$` matches a line, also before the newline that ends the output. */
function compile(text: string): RegExp {
  return new RegExp(text, 'm');
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'http:';
}
