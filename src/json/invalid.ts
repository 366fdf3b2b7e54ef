import { type ErrorCode, MorselError } from '../core/errors.ts';
import { fieldName, type Problem } from './problem.ts';
import type { Position, WrittenJson } from './written-json.ts';

/** Where the values stand that are wrong. */
export interface JsonSource {
  /** For messages. */
  readonly path: string;
  readonly json: WrittenJson;
}

/** One problem, as programs get it: in `details.problems`. */
export interface ShownProblem {
  readonly line: number | null;
  readonly column: number | null;
  readonly field: string;
  /** Whole, with the name of the field. */
  readonly message: string;
}

export const FIELDS_HINT = '`morsel help morsel.json` lists the fields and what they mean';

/** A file may be wrong everywhere, and a page of it is enough. */
const SHOWN_PROBLEMS = 20;
/** Of which the first are sought: to find one in an object takes longer, the more fields it has. */
const LOCATED_PROBLEMS = 1000;

/**
 * All that is wrong, as one error: CONFIG_INVALID, or the code that all have. `source` is null for values that stand in no
 * file.
 */
export function invalidJson(source: JsonSource | null, problems: readonly Problem[]): MorselError {
  const shown = problems
    .slice(0, LOCATED_PROBLEMS)
    .map((problem) => ({ problem, ...shownProblem(source, problem) }))
    .sort(byPosition);
  const [first] = shown;
  if (first === undefined) throw new TypeError('an error without a problem');
  const { path: field, hint, cause } = first.problem;
  const list = shown.slice(0, SHOWN_PROBLEMS).map(({ problem: _, ...rest }) => rest);
  const more = problems.length === 1 ? '' : ` (the first of ${countText(problems.length)} problems)`;
  return new MorselError(codeOf(problems), `${placeText(source, first)}${first.message}${more}`, {
    hint: problems.length === 1 ? (hint ?? FIELDS_HINT) : FIELDS_HINT,
    cause,
    details: { field: fieldName(field), problems: list },
  });
}

const countText = (count: number): string =>
  count > SHOWN_PROBLEMS ? `more than ${SHOWN_PROBLEMS}` : String(count);

function shownProblem(source: JsonSource | null, problem: Problem): ShownProblem {
  const position = source === null ? null : positionIn(source, problem);
  const field = fieldName(problem.path);
  return {
    line: position?.line ?? null,
    column: position?.column ?? null,
    field,
    message: field === '' || problem.isSentence === true ? problem.message : `${field} ${problem.message}`,
  };
}

function positionIn({ json }: JsonSource, { path, isOfName, offset }: Problem): Position {
  return json.positionAt(offset ?? json.offsetOf(path, isOfName === true ? 'name' : 'value'));
}

function placeText(source: JsonSource | null, { line, column }: ShownProblem): string {
  return source === null ? '' : `${source.path}:${line}:${column}: `;
}

function codeOf(problems: readonly Problem[]): ErrorCode {
  const codes = new Set(problems.map(({ code = 'CONFIG_INVALID' }) => code));
  const [only = 'CONFIG_INVALID'] = codes;
  return codes.size === 1 ? only : 'CONFIG_INVALID';
}

/** As they stand in the file. */
function byPosition(a: ShownProblem, b: ShownProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
