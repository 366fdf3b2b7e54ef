import {
  checkValue,
  invalidJson,
  type JsonSource,
  parseWrittenJson,
  type Problem,
  withoutRepeats,
} from '../../json/index.ts';
import { configurationSchema } from './configuration-schema.ts';
import type { Configuration } from './morsel-json.ts';
import { valueProblems } from './configuration-values.ts';

export type { Configuration } from './morsel-json.ts';

/** What a `morsel.json` says, and where it says it. */
export interface WrittenConfiguration {
  readonly fields: Configuration;
  /** null: there is no file. */
  readonly source: JsonSource | null;
}

/**
 * Parses the text of a `morsel.json`; `path` is for messages. Error: CONFIG_INVALID with all that is wrong, by line and
 * column: of its form, of its values, and of its checks.
 */
export async function parseConfiguration(text: string, path: string): Promise<WrittenConfiguration> {
  const json = await parseWrittenJson(text);
  const source = { path, json };
  if (json.value === undefined) throw invalidJson(source, json.problems);
  const checked = checkValue(configurationSchema, json.value);
  const ofForm = [...json.problems, ...('problems' in checked ? checked.problems : [])];
  const fields = 'value' in checked ? checked.value : soundFields(json.value, ofForm);
  const problems = [...ofForm, ...valueProblems(fields), ...(await checksProblems(json.value))];
  if (problems.length > 0) throw invalidJson(source, withoutRepeats(problems));
  return { fields, source };
}

/** `proof/` owns the words of a check; it is loaded where there is one. */
async function checksProblems(value: unknown): Promise<readonly Problem[]> {
  const { checks } = (typeof value === 'object' && value !== null ? value : {}) as { checks?: unknown };
  if (!Array.isArray(checks) || checks.length === 0) return [];
  const { checkChecks } = await import('../../proof/index.ts');
  const checked = await checkChecks(checks);
  return 'problems' in checked ? checked.problems : [];
}

/** The fields in whose form nothing is wrong: what is wrong with their values is said as well. */
function soundFields(value: unknown, problems: readonly Problem[]): Configuration {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const wrong = new Set(problems.map(({ path: [field] }) => field));
  return Object.fromEntries(Object.entries(value).filter(([field]) => !wrong.has(field)));
}
