import { readFileSync } from 'node:fs';
import { CONFIGURATION_LIMIT_BYTES } from '../../src/build/configuration.ts';

interface SchemaField {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: SchemaField;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaField>>;
  readonly anyOf?: readonly SchemaField[];
  readonly $ref?: string;
}

interface Schema extends SchemaField {
  readonly definitions: Readonly<Record<'patterns' | 'words' | 'port' | 'check', SchemaField>>;
}

const schema = JSON.parse(
  readFileSync(new URL('../../schema/morsel.schema.json', import.meta.url), 'utf8'),
) as Schema;

/** `docs/reference/morsel-json.md`, from the published schema. */
export function morselJsonPage(generated: string): string {
  return [
    generated,
    '# morsel.json',
    '',
    'What the command line would otherwise repeat, beside the project (for a source file: beside that file). The command line',
    'wins over it. No field is required, none other is taken, and the file has at most',
    `${CONFIGURATION_LIMIT_BYTES} bytes of UTF-8. Editors find its schema in \`schema/morsel.schema.json\`.`,
    '',
    '```json',
    '{',
    '  "tags": ["hello:1.0"],',
    '  "add": ["conf/app.toml:/etc/app.toml:0644"],',
    '  "checks": [{ "name": "greets", "args": ["--greet"], "expectedOutput": ["^Hello"] }]',
    '}',
    '```',
    '',
    ...table(schema.properties ?? {}),
    '',
    '## What a foreign project may do',
    '',
    'To build a project is to run it: its Makefile, its build scripts and its compiler flags are code that runs with your',
    'rights, as it is with `make`. Its `morsel.json` adds nothing to that, and is no way around looking:',
    '',
    '- It picks no file from outside of its own folder. A path of `add` that leads out, by `..`, as an absolute path or through',
    '  a link, is refused (`CONFIG_INVALID`), and looked at again when it is packed. Only `--add` on the command line takes',
    '  what lies elsewhere. Links within an added folder stay links: what they lead to is not packed.',
    '- It names no output: `-o` is the command line’s. Its `name` is the name of the archive in the current folder, where a',
    '  link of that name is not followed.',
    '- Its `checks` run in the sandbox alone, without a network.',
    '- It is read only as a regular file, and bounded.',
    '',
    '## Checks',
    '',
    'What the image must do, in the words of container-structure-test. Without any: it starts, and does not die of it. A check',
    'with `start`, `http` or `tcp` is one of a server, and every other one of a command.',
    '',
    ...table(schema.definitions.check.properties ?? {}),
    '',
  ].join('\n');
}

function table(fields: Readonly<Record<string, SchemaField>>): readonly string[] {
  return ['| field | value | meaning |', '|---|---|---|', ...rows(fields, '')];
}

function rows(fields: Readonly<Record<string, SchemaField>>, prefix: string): readonly string[] {
  return Object.entries(fields).flatMap(([name, field]) => [
    `| \`${prefix}${name}\` | ${kindOf(field)} | ${describe(field)} |`,
    ...rows(field.properties ?? {}, `${prefix}${name}.`),
  ]);
}

function kindOf(field: SchemaField): string {
  if (field.enum !== undefined) return field.enum.map((word) => `\`${word}\``).join(', ');
  if (field.$ref !== undefined) return kindOf(referred(field.$ref));
  if (field.anyOf !== undefined) return field.anyOf.map(kindOf).join(' or ');
  return field.type === 'array' ? `list of ${kindOf(field.items ?? {})}` : (field.type ?? 'object');
}

function describe({ description, $ref }: SchemaField): string {
  return (description ?? ($ref === undefined ? '' : (referred($ref).description ?? ''))).replaceAll('|', '\\|');
}

function referred(reference: string): SchemaField {
  const found = Object.entries(schema.definitions).find(([name]) => reference === `#/definitions/${name}`);
  if (found === undefined) throw new Error(`${reference} is not in the schema`);
  return found[1];
}
