import { parse, TomlError } from 'smol-toml';
import { MorselError } from '../core/errors.ts';

export type TomlTable = Readonly<Record<string, unknown>>;

/** Error: CONFIG_INVALID with file and line. */
export function parseToml(text: string, path: string): TomlTable {
  try {
    return parse(text);
  } catch (cause) {
    const where = cause instanceof TomlError ? `:${cause.line}` : '';
    const what = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new MorselError('CONFIG_INVALID', `${path}${where}: ${what}`, {
      cause,
      hint: 'correct the TOML of this file',
    });
  }
}

/** The table at a key path; {} where something else or nothing is there. */
export function tableAt(table: TomlTable, ...keys: readonly string[]): TomlTable {
  let current: unknown = table;
  for (const key of keys) current = isTable(current) ? current[key] : undefined;
  return isTable(current) ? current : {};
}

export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

export function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function tablesOf(value: unknown): readonly TomlTable[] {
  return Array.isArray(value) ? value.filter(isTable) : [];
}
