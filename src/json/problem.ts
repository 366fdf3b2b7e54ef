import type { ErrorCode } from '../core/errors.ts';

/** `['checks', 0, 'exitCode']`; empty: the whole of it. */
export type FieldPath = readonly (string | number)[];

/** One thing that is wrong with a value that somebody wrote. */
export interface Problem {
  readonly path: FieldPath;
  /** After the field's name: `must be a number`. */
  readonly message: string;
  /** The message says itself what is wrong, without the field's name before it. */
  readonly isSentence?: boolean;
  /** What is meant is the name of the field, and not its value. */
  readonly isOfName?: boolean;
  /** Of the text, where no path leads there. */
  readonly offset?: number;
  readonly hint?: string | undefined;
  /** Default: CONFIG_INVALID. */
  readonly code?: ErrorCode;
  readonly cause?: unknown;
}

/** Names are the user's, and may be as long as a file. */
const SHOWN_NAME_LENGTH = 100;

/** `checks[0].env.A`. */
export function fieldName(path: FieldPath): string {
  const parts = path.map((key) =>
    typeof key === 'number' ? `[${key}]` : `.${key.slice(0, SHOWN_NAME_LENGTH)}`,
  );
  return parts.join('').replace(/^\./, '');
}

export const below = (path: FieldPath, problems: readonly Problem[]): readonly Problem[] =>
  problems.map((problem) => ({ ...problem, path: [...path, ...problem.path] }));

/** Of each place the first: a field called `constructor` is refused as a name, and is unknown besides. */
export function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ path }) => {
    const key = JSON.stringify(path);
    return !seen.has(key) && seen.add(key);
  });
}
