import type { Schema } from './json-schemas.ts';

type Definitions = Readonly<Record<string, Schema>>;

/** `docs/reference/json.md`, from the schemas: a section for each document, then one for each object that they share. */
export function jsonPage(generated: string, schemas: Readonly<Record<string, Schema>>): string {
  const documents = Object.entries(schemas);
  const definitions: Definitions = Object.assign(
    {},
    ...documents.map(([, schema]) => schema.definitions ?? {}),
  );
  const objects = Object.entries(definitions).filter(([, schema]) => isObject(schema));
  return [
    generated,
    '# JSON',
    '',
    'With `--format json` a command prints one document to stdout, and nothing else there; a failure is one object on stderr.',
    'Names are camelCase, sizes are bytes, times are milliseconds, digests are `sha256:…`. Fields and words may come in later',
    'versions, none goes or changes its meaning. Each document has a JSON Schema (draft 07) in `schema/` of the package. Exit',
    'codes: [exit-codes.md](exit-codes.md).',
    '',
    '| document | schema | what it is |',
    '|---|---|---|',
    ...documents.map(
      ([name, schema]) =>
        `| ${typeOf(schema, definitions)} | [${name}.schema.json](../../schema/${name}.schema.json) | ${schema.description} |`,
    ),
    ...objects
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, schema]) => section(name, schema, definitions)),
    '',
  ].join('\n');
}

function section(name: string, schema: Schema, definitions: Definitions): readonly string[] {
  const said = schema.description === undefined ? [] : ['', schema.description];
  const tables = (schema.anyOf ?? [schema]).flatMap((variant) => [
    '',
    '| field | type | meaning |',
    '|---|---|---|',
    ...rows(variant, '', definitions),
  ]);
  return ['', `## ${name}`, ...said, ...tables];
}

/** An object without a name has its fields below it; `[]` stands for each element of a list. */
function rows(schema: Schema, prefix: string, definitions: Definitions): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const optional = schema.required?.includes(name) === true ? '' : 'may be absent; ';
    const path = `${prefix}${name}`;
    const row = `| \`${path}\` | ${typeOf(field, definitions)} | ${optional}${meaningOf(field, definitions)} |`;
    const variants = field.anyOf ?? [field];
    const inner = variants.flatMap((one) => [
      ...rows(one, `${path}.`, definitions),
      ...rows(one.items ?? {}, `${path}[].`, definitions),
    ]);
    return [row, ...inner];
  });
}

function meaningOf({ description, $ref }: Schema, definitions: Definitions): string {
  return (description ?? definitions[nameOf($ref)]?.description ?? '')
    .replaceAll('\n', ' ')
    .replaceAll('|', '\\|');
}

function typeOf(schema: Schema, definitions: Definitions): string {
  if (schema.$ref !== undefined) return referenceTo(nameOf(schema.$ref), definitions);
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${JSON.stringify(one)}\``).join(', ');
  if (schema.anyOf !== undefined)
    return [...new Set(schema.anyOf.map((one) => typeOf(one, definitions)))].join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {}, definitions)}`;
  if (typeof schema.additionalProperties === 'object')
    return `object of ${typeOf(schema.additionalProperties, definitions)}`;
  return [schema.type ?? 'any'].flat().join(' or ');
}

function referenceTo(name: string, definitions: Definitions): string {
  const schema = definitions[name] ?? {};
  return isObject(schema) ? `[${name}](#${name.toLowerCase()})` : typeOf(schema, definitions);
}

const nameOf = ($ref = ''): string => $ref.slice('#/definitions/'.length);

const isObject = (schema: Schema): boolean =>
  schema.properties !== undefined || (schema.anyOf ?? []).some((one) => one.properties !== undefined);
