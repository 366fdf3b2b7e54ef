import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema';
import { configurationSchema } from '../../src/pipeline/request/configuration-schema.ts';
import { commandSchema, serverSchema } from '../../src/proof/check-schema.ts';

/** What `schema/morsel.schema.json` says of a field. */
export interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly required?: readonly string[];
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
}

/** What JSON Schema cannot say (bytes of a word, a regular expression of RE2) is said by the validator alone. */
const CONVERSION: ConversionConfig = {
  target: 'draft-07',
  errorMode: 'ignore',
  typeMode: 'input',
};

/** Made from the validator. `allowComments` and `allowTrailingCommas` are read by the editors that are made like VS Code. */
export function makeMorselSchema(): Schema {
  const { $schema, properties, ...rest } = convert(configurationSchema);
  const checks = { ...properties?.['checks'], items: { $ref: '#/definitions/check' } };
  return {
    $schema,
    title: 'morsel.json',
    description: 'How morsel builds and proves the image of a project. The command line wins over it.',
    allowComments: true,
    allowTrailingCommas: true,
    ...rest,
    properties: { ...properties, checks },
    definitions: { check: { anyOf: [convert(commandSchema), serverCheck()].map(withoutDialect) } },
  } as Schema;
}

type Made = ReturnType<typeof toJsonSchema> & Schema;

const convert = (schema: Parameters<typeof toJsonSchema>[0]): Made => toJsonSchema(schema, CONVERSION) as Made;

/** The one rule over two fields. */
function serverCheck(): Made {
  return { ...convert(serverSchema), oneOf: [{ required: ['http'] }, { required: ['tcp'] }] };
}

function withoutDialect({ $schema: _, ...schema }: Made): Schema {
  return schema;
}
