import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema';
import { configurationSchema } from '../../src/pipeline/request/configuration-schema.ts';
import { commandSchema, serverSchema } from '../../src/proof/check-schema.ts';

type Schema = ReturnType<typeof toJsonSchema>;

/** What JSON Schema cannot say (bytes of a word, a regular expression of RE2) is said by the validator alone. */
const CONVERSION: ConversionConfig = {
  target: 'draft-07',
  errorMode: 'ignore',
  typeMode: 'input',
};

/** Made from the validator. `allowComments` and `allowTrailingCommas` are read by the editors that are made like VS Code. */
export function makeMorselSchema(): Schema {
  const { $schema, properties = {}, ...rest } = convert(configurationSchema);
  const checks = { ...(properties['checks'] as Schema), items: { $ref: '#/definitions/check' } };
  return {
    ...($schema !== undefined && { $schema }),
    title: 'morsel.json',
    description: 'How morsel builds and proves the image of a project. The command line wins over it.',
    allowComments: true,
    allowTrailingCommas: true,
    ...rest,
    properties: { ...properties, checks },
    definitions: { check: { anyOf: [convert(commandSchema), serverCheck()].map(withoutDialect) } },
  } as Schema;
}

const convert = (schema: Parameters<typeof toJsonSchema>[0]): Schema => toJsonSchema(schema, CONVERSION);

/** The one rule over two fields. */
function serverCheck(): Schema {
  return { ...convert(serverSchema), oneOf: [{ required: ['http'] }, { required: ['tcp'] }] };
}

function withoutDialect({ $schema: _, ...schema }: Schema): Schema {
  return schema;
}
