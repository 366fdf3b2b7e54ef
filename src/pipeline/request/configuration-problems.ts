import { MorselError } from '../../core/errors.ts';
import type { FieldPath, Problem } from '../../json/index.ts';

/** An expected failure becomes a problem of the file. */
export function problemsOf(path: FieldPath, work: () => unknown): readonly Problem[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof MorselError)) throw error;
    const { code, hint, message } = error;
    const problem = { path, message, isSentence: true, hint, cause: error };
    return [code === 'USAGE' ? problem : { ...problem, code }];
  }
}
