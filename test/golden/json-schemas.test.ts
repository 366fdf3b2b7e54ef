import { expect, it } from 'vitest';
import { makeJsonSchemas, type Schema } from './json-schemas.ts';

const SCHEMAS = makeJsonSchemas();

/** `path: field` of every field without a word about it. */
function undescribed(schema: Schema, where: string): readonly string[] {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    ...(field.description === undefined ? [`${where}.${name}`] : []),
    ...undescribed(field, `${where}.${name}`),
  ]);
  const inner = [schema.items, ...(schema.anyOf ?? []), ...Object.values(schema.definitions ?? {})];
  return [...fields, ...inner.flatMap((one) => (one === undefined ? [] : undescribed(one, where)))];
}

it.each(Object.keys(SCHEMAS))('%s is what was reviewed, and says what each field is', async (name) => {
  const schema = SCHEMAS[name] ?? {};
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`../../schema/${name}.schema.json`);
  expect(undescribed(schema, name)).toEqual([]);
});
