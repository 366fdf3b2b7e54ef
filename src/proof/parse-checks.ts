import * as v from 'valibot';
import { MorselError } from '../core/errors.ts';
import type { Check, Pattern, ServerRequest } from './check.ts';
import { CHECKS_LIMIT, commandSchema, serverSchema } from './check-schema.ts';

/**
 * `checks` of a morsel.json. Error: CONFIG_INVALID, which names the field: `checks[2].exitCode must be a number`.
 */
export async function parseChecks(json: unknown): Promise<readonly Check[]> {
  if (!Array.isArray(json)) throw invalid('checks', 'must be an array');
  if (json.length > CHECKS_LIMIT) throw invalid('checks', `has more than ${CHECKS_LIMIT} entries`);
  const checks = json.map((one: unknown, index) => parseCheck(one, `checks[${index}]`));
  await verifyPatterns(checks);
  return checks;
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

/** Every regular expression is compiled before anything is run. Error: CONFIG_INVALID. */
async function verifyPatterns(checks: readonly Check[]): Promise<void> {
  const patterns = checks.flatMap((check, index) => patternsOf(check, `checks[${index}]`));
  if (patterns.length === 0) return;
  const { measurePattern, TOTAL_LIMIT, TOTAL_SIZE_LIMIT } = await import('./pattern.ts');
  if (patterns.length > TOTAL_LIMIT)
    throw invalid('checks', `have more than ${TOTAL_LIMIT} regular expressions`);
  let size = 0;
  for (const { field, pattern } of patterns) {
    const measured = measurePattern(pattern.source);
    if (typeof measured === 'object') throw invalid(field, measured.problem, measured.hint);
    size += measured;
    if (size > TOTAL_SIZE_LIMIT)
      throw invalid(
        field,
        `is too much: all regular expressions together take ${TOTAL_SIZE_LIMIT} instructions`,
      );
  }
}

const PATTERN_FIELDS = ['expectedOutput', 'excludedOutput', 'expectedError', 'excludedError'] as const;

function patternsOf(
  check: Check,
  field: string,
): readonly { readonly field: string; readonly pattern: Pattern }[] {
  const body = check.kind === 'server' && check.request.kind === 'http' ? check.request.body : null;
  return [
    ...PATTERN_FIELDS.flatMap((name) =>
      check[name].map((pattern, index) => ({ field: `${field}.${name}[${index}]`, pattern })),
    ),
    ...(body === null ? [] : [{ field: `${field}.http.body`, pattern: body }]),
  ];
}

/** Names of variables are the user's, and may be as long as a file. */
const SHOWN_KEY_LENGTH = 100;

function parse<const Schema extends v.GenericSchema>(
  schema: Schema,
  json: unknown,
  field: string,
): v.InferOutput<Schema> {
  // The first problem is reported, and a hostile file has a million.
  const result = v.safeParse(schema, json, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = (issue.path ?? []).map(({ key }) =>
    typeof key === 'number' ? `[${key}]` : `.${String(key).slice(0, SHOWN_KEY_LENGTH)}`,
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

function invalid(
  field: string,
  problem: string,
  hint = 'see "Checks" in docs/reference/morsel-json.md',
): MorselError {
  return new MorselError('CONFIG_INVALID', `${field} ${problem}`, { hint, details: { field } });
}
