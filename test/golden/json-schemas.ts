import { join } from 'node:path';
import {
  type BaseType,
  createFormatter,
  createParser,
  createProgram,
  DEFAULT_CONFIG,
  LiteralType,
  SchemaGenerator,
  type SubNodeParser,
  UnionType,
} from 'ts-json-schema-generator';
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
  readonly not?: Schema;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** Of every document of `src/cli/text/documents.ts`, by its name: made from the types, described by their comments. */
export function makeJsonSchemas(): Readonly<Record<string, Schema>> {
  const config = {
    ...DEFAULT_CONFIG,
    path: join(ROOT, 'src/cli/text/documents.ts'),
    tsconfig: join(ROOT, 'tsconfig.json'),
    skipTypeCheck: true, // `npm run check` does it, with the compiler of this repository
    topRef: false,
    jsDoc: 'extended' as const,
  };
  const program = createProgram(config);
  const parser = createParser(program, config, (all) => all.addNodeParser(namesOfRegistry(program)));
  const generator = new SchemaGenerator(program, parser, createFormatter(config), config);
  const { properties = {}, definitions = {} } = generator.createSchema('Documents') as Schema;
  const documents = Object.entries(properties).map(
    ([name, schema]) => [name, documentOf(name, schema, definitions)] as const,
  );
  return Object.fromEntries(documents);
}

/** `(typeof NEED_FAMILIES)[number]['need']`: the names that a registry has, which only the compiler can list. */
function namesOfRegistry(program: ReturnType<typeof createProgram>): SubNodeParser {
  const checker = program.getTypeChecker();
  return {
    supportsNode: (node) => 'objectType' in node && 'indexType' in node && namesOf(node).length > 0,
    createType: (node): BaseType => new UnionType(namesOf(node).map((name) => new LiteralType(name))),
  };
  function namesOf(node: Parameters<SubNodeParser['supportsNode']>[0]): readonly string[] {
    const type = checker.getTypeAtLocation(node);
    const members = type.isUnion() ? type.types : [type];
    return members.every((member) => member.isStringLiteral()) ? members.map(({ value }) => value) : [];
  }
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

/**
 * Fields may come in a later version (docs/reference/json.md), so that a published schema forbids none; and what is
 * `undefined` in a type is not in JSON.
 */
function open(schema: Schema): Schema {
  const text = JSON.stringify(schema, (key, value: unknown) => {
    if (key === 'additionalProperties' && value === false) return undefined;
    return key === 'additionalProperties' ? withoutUndefined(value as Schema) : value;
  });
  return JSON.parse(text) as Schema;
}

function withoutUndefined(schema: Schema): Schema {
  const left = schema.anyOf?.filter(({ not }) => not === undefined) ?? [];
  return left.length === 1 && left[0] !== undefined ? left[0] : schema;
}
