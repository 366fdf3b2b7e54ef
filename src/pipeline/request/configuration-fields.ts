import { describeFields, type FieldDescription } from '../../json/index.ts';
import { describeCheckFields } from '../../proof/index.ts';
import { configurationSchema } from './configuration-schema.ts';

/** What a `morsel.json` may hold, in the words of the validator. */
export interface ConfigurationFields {
  readonly fields: readonly FieldDescription[];
  /** Of each element of `checks`. */
  readonly checks: readonly FieldDescription[];
}

export function configurationFields(): ConfigurationFields {
  return { fields: describeFields(configurationSchema), checks: describeCheckFields() };
}
