import * as v from 'valibot';
import { MorselError } from '../core/errors.ts';

const stringMap = v.record(v.string(), v.string());

/** Published for editors as `schema/morsel.schema.json`; a test keeps the two equal in their fields. */
export const configurationSchema = v.strictObject({
  $schema: v.optional(v.string()),
  name: v.optional(v.string()),
  bin: v.optional(v.string()),
  tags: v.optional(v.array(v.string())),
  size: v.optional(v.picklist(['default', 'smallest', 'debug'])),
  experimental: v.optional(v.boolean()),
  rungs: v.optional(v.array(v.picklist(['static-musl', 'static-glibc', 'static-go', 'closure']))),
  entrypoint: v.optional(v.array(v.string())),
  cmd: v.optional(v.array(v.string())),
  env: v.optional(stringMap),
  user: v.optional(v.string()),
  workdir: v.optional(v.string()),
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
    throw new MorselError('CONFIG_INVALID', `${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
  // To valibot a list is an object without the fields.
  const result = v.safeParse(configurationSchema, Array.isArray(json) ? null : json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const field = v.getDotPath(issue) ?? '(the whole file)';
  throw new MorselError('CONFIG_INVALID', `${path}: ${field}: ${issue.message}`, {
    hint: `the fields are described in schema/morsel.schema.json: ${Object.keys(configurationSchema.entries).join(', ')}`,
  });
}
