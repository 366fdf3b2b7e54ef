import { join } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';
import { ROOT } from '../built-cli.ts';

/** As much of JSON Schema (draft 07) as types become. */
export interface Schema {
  readonly $schema?: string;
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** Of every document of `src/cli/text/documents.ts`, by its name: made from the types, described by their comments. */
export function makeJsonSchemas(): Readonly<Record<string, Schema>> {
  const generator = createGenerator({
    path: join(ROOT, 'src/cli/text/documents.ts'),
    tsconfig: join(ROOT, 'tsconfig.json'),
    skipTypeCheck: true, // `npm run check` does it, with the compiler of this repository
    topRef: false,
    jsDoc: 'extended',
  });
  const { properties = {}, definitions = {} } = generator.createSchema('Documents') as Schema;
  const documents = Object.entries(properties).map(
    ([name, schema]) => [name, documentOf(name, schema, definitions)] as const,
  );
  return Object.fromEntries(documents);
}

function documentOf(name: string, schema: Schema, definitions: Readonly<Record<string, Schema>>): Schema {
  const names = reachable(schema, definitions);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `morsel: ${name}`,
    ...open(schema),
    definitions: Object.fromEntries([...names].sort().map((one) => [one, open(definitions[one] ?? {})])),
  };
}

/** Names of the definitions that a schema needs. */
function reachable(
  schema: Schema,
  definitions: Readonly<Record<string, Schema>>,
  seen = new Set<string>(),
): ReadonlySet<string> {
  for (const [, name = ''] of JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)) {
    if (seen.has(name)) continue;
    seen.add(name);
    reachable(definitions[name] ?? {}, definitions, seen);
  }
  return seen;
}

/** Fields may come in a later version (DESIGN section 3, "JSON"), so that a published schema forbids none. */
function open(schema: Schema): Schema {
  const text = JSON.stringify(schema, (key, value: unknown) =>
    key === 'additionalProperties' && value === false ? undefined : value,
  );
  return JSON.parse(text) as Schema;
}
