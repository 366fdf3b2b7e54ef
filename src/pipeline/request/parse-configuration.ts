import * as v from 'valibot';
import { MorselError } from '../../core/errors.ts';
import { RUNGS, SIZE_PROFILES } from '../../core/choices.ts';

const stringMap = v.record(v.string(), v.string());

/** Published for editors as `schema/morsel.schema.json`; a test keeps the two equal in their fields. */
export const configurationSchema = v.strictObject({
  $schema: v.optional(v.string()),
  name: v.optional(v.string()),
  bin: v.optional(v.union([v.string(), v.array(v.string())])),
  tags: v.optional(v.array(v.string())),
  size: v.optional(v.picklist(SIZE_PROFILES)),
  experimental: v.optional(v.boolean()),
  rungs: v.optional(v.array(v.picklist(RUNGS))),
  entrypoint: v.optional(v.array(v.string())),
  cmd: v.optional(v.array(v.string())),
  env: v.optional(stringMap),
  user: v.optional(v.string()),
  workdir: v.optional(v.string()),
  programPath: v.optional(v.string()),
  labels: v.optional(stringMap),
  annotations: v.optional(stringMap),
  expose: v.optional(v.array(v.string())),
  stopSignal: v.optional(v.string()),
  add: v.optional(v.array(v.string())),
  timeZone: v.optional(v.string()),
  limits: v.optional(
    v.strictObject({
      maxImageBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
      maxFiles: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    }),
  ),
  /** Validated by `proof/`, which owns the words of a check. */
  checks: v.optional(v.array(v.unknown())),
});

export type Configuration = v.InferOutput<typeof configurationSchema>;

/** Parses the text of a `morsel.json`; `path` is for messages. Error: CONFIG_INVALID. */
export function parseConfiguration(text: string, path: string): Configuration {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new MorselError('CONFIG_INVALID', `${path} is not JSON: ${withoutText((cause as Error).message)}`, {
      hint: 'mend it there; an editor that knows JSON shows the place',
    });
  }
  checkShape(json, path);
  // To valibot a list is an object without the fields.
  const result = v.safeParse(configurationSchema, Array.isArray(json) ? null : json, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw invalid(path, v.getDotPath(issue) ?? '(the whole file)', issue.message);
}

/** V8 quotes what it has read; in a foreign project that may be a link to something secret. */
function withoutText(message: string): string {
  return message.replace(/, (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s, '');
}

/** What people write is four deep: `checks[0].http.url`. */
const NESTING_LIMIT = 32;

/**
 * Before valibot looks: it takes `constructor` and its like for a field that every object has, and leaves such names out
 * of a map without a word. Without recursion, since a mebibyte of `[` is half a million deep.
 */
function checkShape(json: unknown, path: string): void {
  const open = [{ value: json, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth === NESTING_LIMIT)
      throw invalid(path, '(the whole file)', `nested more than ${NESTING_LIMIT} deep`);
    for (const [key, inner] of Object.entries(value)) {
      if (key in Object.prototype) throw invalid(path, key, 'no field and no name may be called so');
      open.push({ value: inner, depth: depth + 1 });
    }
  }
}

function invalid(path: string, field: string, problem: string): MorselError {
  return new MorselError('CONFIG_INVALID', `${path}: ${field}: ${problem}`, {
    hint: `docs/reference/morsel-json.md describes the fields: ${Object.keys(configurationSchema.entries).join(', ')}`,
  });
}
