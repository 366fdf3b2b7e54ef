import * as v from 'valibot';

/** A field that may be left out, with its line of the reference page. */
export function described<const Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.optional(v.pipe(schema, v.description(description)));
}
