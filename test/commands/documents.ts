import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { expect } from 'vitest';
import type { Documents } from '../../src/cli/text/documents.ts';
import { ROOT } from '../built-cli.ts';
import type { ToolResult } from '../run-tool.ts';

type Name = keyof Documents;

/**
 * The result of a command that was asked for JSON: stdout holds one document and nothing else, of which the published
 * schema knows every field.
 */
export function documentOf<Key extends Exclude<Name, 'error' | 'evidence'>>(
  name: Key,
  { stdout }: ToolResult,
): Documents[Key] {
  return validDocument(name, stdout);
}

/** A failure of a command that was asked for JSON: nothing on stdout, and one object on stderr. */
export function failureOf({ stdout, stderr }: ToolResult): Documents['error'] {
  expect(stdout).toBe('');
  return validDocument('error', stderr);
}

/** What a build has left beside an image. */
export function evidenceIn(path: string): Documents['evidence'] {
  return validDocument('evidence', readFileSync(path, 'utf8'));
}

function validDocument<Key extends Name>(name: Key, text: string): Documents[Key] {
  const document = JSON.parse(text) as unknown;
  const validate = validatorOf(name);
  expect(validate(document), `${JSON.stringify(validate.errors, null, 2)}\n${text}`).toBe(true);
  return document as Documents[Key];
}

const validators = new Map<Name, ValidateFunction>();

function validatorOf(name: Name): ValidateFunction {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const schema = JSON.parse(readFileSync(join(ROOT, `schema/${name}.schema.json`), 'utf8')) as object;
  // `string | null` is one type to whoever reads it.
  const made = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(closed(schema));
  validators.set(name, made);
  return made;
}

/** A published schema lets later versions add fields; here a field that nobody has written down is a failure. */
function closed(schema: object): object {
  const text = JSON.stringify(schema, (_key, value: unknown) =>
    isObjectSchema(value) ? { additionalProperties: false, ...value } : value,
  );
  return JSON.parse(text) as object;
}

function isObjectSchema(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'object';
}
