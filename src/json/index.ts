import type { WrittenJson } from './written-json.ts';

export { didYouMean } from './did-you-mean.ts';
export { describeFields, type FieldDescription } from './describe-fields.ts';
export { described } from './described.ts';
export { FIELDS_HINT, invalidJson, type JsonSource, type ShownProblem } from './invalid.ts';
export { below, type FieldPath, type Problem, withoutRepeats } from './problem.ts';
export { type Checked, checkValue } from './schema-problems.ts';
export { fitsWord, withoutNul, WORDS_LIMIT } from './word-rules.ts';
export { listOf, word, wordList } from './words.ts';
export type { WrittenJson } from './written-json.ts';

/** Loaded for a file that is there: its parser is a package of its own. Throws nothing. */
export async function parseWrittenJson(text: string): Promise<WrittenJson> {
  return (await import('./written-json.ts')).parseWrittenJson(text);
}
