import type * as v from 'valibot';
import { below, type Checked, checkValue, type FieldPath, invalidJson, type Problem } from '../json/index.ts';
import type { Check, Pattern, ServerRequest } from './check.ts';
import { portOf } from './check.ts';
import { CHECKS_LIMIT, commandSchema, serverSchema } from './check-schema.ts';
import { parseConditions } from './conditions/parse-conditions.ts';

/** Wrong checks come by the hundred where a file was generated; a page of them is enough. */
const PROBLEMS_LIMIT = 21;

/** Checks that stand in no file. Error: CONFIG_INVALID, which names the field: `checks[2].exitCode must be a number`. */
export async function parseChecks(json: unknown): Promise<readonly Check[]> {
  const checked = await checkChecks(json);
  if ('value' in checked) return checked.value;
  throw invalidJson(null, checked.problems);
}

/** `checks` of a morsel.json, or all that is wrong with them. */
export async function checkChecks(json: unknown): Promise<Checked<readonly Check[]>> {
  const { checks, problems } = collect(json);
  const all = problems.length > 0 ? problems : await patternProblems(checks);
  return all.length > 0 ? { problems: below(['checks'], all) } : { value: checks };
}

interface Collected {
  readonly checks: readonly Check[];
  readonly problems: readonly Problem[];
}

function collect(json: unknown): Collected {
  const refused = (message: string): Collected => ({ checks: [], problems: [{ path: [], message }] });
  if (!Array.isArray(json)) return refused('must be a list');
  if (json.length > CHECKS_LIMIT) return refused(`has more than ${CHECKS_LIMIT} entries`);
  const checks: Check[] = [];
  const problems: Problem[] = [];
  for (const [index, one] of (json as readonly unknown[]).entries()) {
    if (problems.length >= PROBLEMS_LIMIT) break;
    const checked = parseCheck(one);
    if ('value' in checked) checks.push(checked.value);
    else problems.push(...below([index], checked.problems));
  }
  return { checks, problems };
}

function parseCheck(json: unknown): Checked<Check> {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return { problems: [{ path: [], message: 'must be an object' }] };
  const isServer = 'start' in json || 'http' in json || 'tcp' in json;
  if (isServer) return parseServerCheck(json);
  const checked = checkValue(commandSchema, json, Object.keys(serverSchema.entries));
  if ('problems' in checked) return checked;
  const conditions = parseConditions(checked.value, null);
  if ('message' in conditions) return { problems: [conditions] };
  const { args = null, stdin = null, command, exitCode } = checked.value;
  return {
    value: { kind: 'command', ...expectationsOf(checked.value), args, stdin, command, exitCode, conditions },
  };
}

function parseServerCheck(json: object): Checked<Check> {
  const checked = checkValue(serverSchema, json, Object.keys(commandSchema.entries));
  if ('problems' in checked) return checked;
  const { args = null, stdin = null, start, http, tcp, exitCode, signal } = checked.value;
  const request = serverRequest(http, tcp);
  if ('message' in request) return { problems: [request] };
  if (exitCode !== undefined && signal === undefined)
    return { problems: [{ path: ['exitCode'], message: 'of a server has no effect without signal' }] };
  const conditions = parseConditions(checked.value, portOf(request));
  if ('message' in conditions) return { problems: [conditions] };
  return {
    value: { kind: 'server', ...expectationsOf(checked.value), args, stdin, start, request, conditions },
  };
}

/** What checks of both kinds have. */
function expectationsOf(
  input: v.InferOutput<typeof commandSchema> | ServerInput,
): Pick<Check, 'name' | 'env' | (typeof PATTERN_FIELDS)[number] | 'timeoutSeconds'> {
  const { name, env, expectedOutput, excludedOutput, expectedError, excludedError, timeoutSeconds } = input;
  return { name, env, expectedOutput, excludedOutput, expectedError, excludedError, timeoutSeconds };
}

type ServerInput = v.InferOutput<typeof serverSchema>;

function serverRequest(http: ServerInput['http'], tcp: ServerInput['tcp']): ServerRequest | Problem {
  if (http !== undefined && tcp !== undefined)
    return { path: [], message: 'has both http and tcp: make it two checks' };
  if (http !== undefined)
    return { kind: 'http', url: http.url, status: http.status, body: http.body ?? null };
  if (tcp !== undefined) return { kind: 'tcp', host: tcp.host, port: tcp.port };
  return { path: [], message: 'has start, and neither http nor tcp to ask it by' };
}

/** Every regular expression is compiled before anything is run. */
async function patternProblems(checks: readonly Check[]): Promise<readonly Problem[]> {
  const patterns = checks.flatMap((check, index) => patternsOf(check, index));
  if (patterns.length === 0) return [];
  const { measurePattern, TOTAL_LIMIT, TOTAL_SIZE_LIMIT } = await import('./pattern.ts');
  if (patterns.length > TOTAL_LIMIT)
    return [{ path: [], message: `have more than ${TOTAL_LIMIT} regular expressions` }];
  const problems: Problem[] = [];
  let size = 0;
  for (const { path, source } of patterns) {
    const measured = measurePattern(source);
    if (typeof measured === 'number') size += measured;
    else problems.push({ path, message: measured.problem, hint: measured.hint });
    if (size > TOTAL_SIZE_LIMIT) problems.push({ path, message: tooMuch(TOTAL_SIZE_LIMIT) });
    // What is too large has taken its time, and a hostile file has a thousand more.
    const isOver = size > TOTAL_SIZE_LIMIT || (typeof measured === 'object' && measured.isTooLarge);
    if (isOver || problems.length >= PROBLEMS_LIMIT) break;
  }
  return problems;
}

const tooMuch = (limit: number): string =>
  `is too much: all regular expressions together take ${limit} instructions`;

const PATTERN_FIELDS = ['expectedOutput', 'excludedOutput', 'expectedError', 'excludedError'] as const;

interface PlacedPattern extends Pattern {
  readonly path: FieldPath;
}

function patternsOf(check: Check, index: number): readonly PlacedPattern[] {
  const body = check.kind === 'server' && check.request.kind === 'http' ? check.request.body : null;
  return [
    ...PATTERN_FIELDS.flatMap((name) =>
      check[name].map(({ source }, at) => ({ path: [index, name, at], source })),
    ),
    ...(body === null ? [] : [{ path: [index, 'http', 'body'], source: body.source }]),
  ];
}
