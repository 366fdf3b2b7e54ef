import { isUtf8 } from 'node:buffer';
import { join } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { CHECK_PATH_HINT } from '../../core/hints.ts';
import { readSmallFile } from '../../core/read-small-file.ts';
import type { Configuration, WrittenConfiguration } from './parse-configuration.ts';

export type { Configuration } from './parse-configuration.ts';

/** The file beside a project that says what the command line would otherwise repeat. */
export const CONFIGURATION_FILE = 'morsel.json';

/** A `morsel.json` is read whole; nobody writes a larger one by hand. */
export const CONFIGURATION_LIMIT_BYTES = 1024 * 1024;

/**
 * Reads `morsel.json` of a directory; an absent file is an empty configuration. Errors: CONFIG_INVALID with all that is
 * wrong and where, UNREADABLE, LIMIT_EXCEEDED.
 */
export async function readConfiguration(directory: string): Promise<WrittenConfiguration> {
  const path = join(directory, CONFIGURATION_FILE);
  const text = readText(path);
  return text === null ? NO_CONFIGURATION : parse(text, path);
}

/** Where there is no `morsel.json`. */
export const NO_CONFIGURATION: WrittenConfiguration = { fields: {}, source: null };

/** Reads a configuration by its own path. Errors: NOT_FOUND, CONFIG_INVALID, UNREADABLE, LIMIT_EXCEEDED. */
export async function readConfigurationFile(path: string): Promise<Configuration> {
  const text = readText(path);
  if (text === null) throw new MorselError('NOT_FOUND', `${path}: no such file`, { hint: CHECK_PATH_HINT });
  return (await parse(text, path)).fields;
}

/** The validator is loaded only where there is something to validate. */
async function parse(text: string, path: string): Promise<WrittenConfiguration> {
  const { parseConfiguration } = await import('./parse-configuration.ts');
  return parseConfiguration(text, path);
}

function readText(path: string): string | null {
  const bytes = readSmallFile(path, CONFIGURATION_LIMIT_BYTES);
  if (bytes === null) return null;
  // Windows' editors begin a file with a byte order mark.
  if (isUtf8(bytes)) return bytes.toString('utf8').replace(/^\uFEFF/, '');
  throw new MorselError('CONFIG_INVALID', `${path} is not UTF-8`, { hint: 'save it as UTF-8' });
}
