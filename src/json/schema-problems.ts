import * as v from 'valibot';
import { didYouMean } from './did-you-mean.ts';
import { below, type Problem, withoutRepeats } from './problem.ts';
import { structureProblems } from './structure-problems.ts';

export type Checked<T> = { readonly value: T } | { readonly problems: readonly Problem[] };

/**
 * All that is wrong with a value, in a user's words. Where a list is longer than its schema allows: that alone.
 * `elsewhere`: fields that others of its kind have.
 */
export function checkValue<const Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  elsewhere: readonly string[] = [],
): Checked<v.InferOutput<Schema>> {
  const structure = structureProblems(schema, input, elsewhere);
  if (structure.isTooLarge) return structure;
  const result = v.safeParse(schema, input);
  const others = (result.issues ?? []).flatMap(issueProblems);
  const problems = withoutRepeats([...structure.problems, ...others]);
  if (problems.length > 0) return { problems };
  if (result.success) return { value: result.output };
  throw new TypeError('a schema refused a value and said nothing of it');
}

function issueProblems(issue: v.BaseIssue<unknown>): readonly Problem[] {
  // `structureProblems` has named them all; valibot names the first.
  if (issue.expected === 'never') return [];
  const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
  const inner = innerIssues(issue);
  if (inner.length > 0) return below(path, inner.flatMap(issueProblems));
  return [{ path, message: messageOf(issue), isOfName: issue.path?.at(-1)?.origin === 'key' }];
}

/** Of the form of a union that comes nearest: that of the value's own type, of which a part is wrong. Their paths begin there. */
function innerIssues(issue: v.BaseIssue<unknown>): readonly v.BaseIssue<unknown>[] {
  return formsOf(issue).filter(({ path = [] }) => path.length > 0);
}

const formsOf = ({ type, issues }: v.BaseIssue<unknown>): readonly v.BaseIssue<unknown>[] =>
  type === 'union' ? (issues ?? []) : [];

/** Valibot's types in a user's words. */
const WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  record: 'an object of strings',
  strict_object: 'an object',
  integer: 'a whole number',
};

function messageOf(issue: v.BaseIssue<unknown>): string {
  if (issue.input === undefined) return 'is missing';
  if (issue.type === 'non_empty') return 'must not be empty';
  if (issue.type === 'min_value' || issue.type === 'max_value') return `must be ${issue.expected ?? ''}`;
  if (issue.type === 'picklist') return choiceMessage(issue);
  const forms = formsOf(issue);
  // The value has the type of one of them, and something else is wrong with it.
  const ofValue = forms.filter(({ kind }) => kind === 'validation');
  const wanted = (ofValue.length > 0 ? ofValue : forms).map(({ type, message }) => WORDS[type] ?? message);
  return `must be ${wanted.length > 0 ? [...new Set(wanted)].join(', or ') : (WORDS[issue.type] ?? issue.message)}`;
}

function choiceMessage({ input, expected }: v.BaseIssue<unknown>): string {
  const choices = [...(expected ?? '').matchAll(/"([^"]*)"/g)].map(([, choice = '']) => choice);
  const meant = typeof input === 'string' ? didYouMean(input, choices) : null;
  return `must be one of ${choices.join(', ')}${meant === null ? '' : `: did you mean "${meant}"?`}`;
}
