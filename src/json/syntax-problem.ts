import { type ParseError, printParseErrorCode } from 'jsonc-parser';
import type { Problem } from './problem.ts';

type SyntaxError = ReturnType<typeof printParseErrorCode>;

const WORDS: Readonly<Partial<Record<SyntaxError, string>>> = {
  InvalidSymbol: 'there is a word that JSON does not have: texts stand in double quotes',
  InvalidNumberFormat: 'this is no number',
  PropertyNameExpected: 'the name of a field is missing, in double quotes',
  ValueExpected: 'a value is missing',
  ColonExpected: 'a colon is missing',
  CommaExpected: 'a comma is missing',
  CloseBraceExpected: 'a closing } is missing',
  CloseBracketExpected: 'a closing ] is missing',
  EndOfFileExpected: 'something stands after its end',
  UnexpectedEndOfComment: 'a comment does not end',
  UnexpectedEndOfString: 'a text does not end on its line',
  UnexpectedEndOfNumber: 'a number does not end',
  InvalidUnicode: 'a \\u escape needs four hexadecimal digits',
  InvalidEscapeCharacter: 'JSON has no such escape: write \\\\ for a backslash',
  InvalidCharacter: 'a control character must be written as an escape, such as \\n',
};

/** What follows the first error of a text comes of it. Nothing is quoted: in a foreign project the file may be a link to something secret. */
export function syntaxProblem(
  first: ParseError | undefined,
  text: string,
): Problem & { readonly offset: number } {
  if (first === undefined || text.trim() === '') {
    return {
      path: [],
      message: 'is not JSON: it is empty',
      offset: 0,
      hint: 'write {} into it, or remove it',
    };
  }
  const name = printParseErrorCode(first.error);
  const message = `is not JSON: ${WORDS[name] ?? 'it cannot be read'}`;
  return { path: [], message, offset: placeOf(name, first.offset, text), hint: 'mend it there' };
}

const MISSING: ReadonlySet<SyntaxError> = new Set(['CommaExpected', 'ColonExpected']);

/** What is missing is missing after what stands before it, which is on the line that people must mend. */
function placeOf(error: SyntaxError, offset: number, text: string): number {
  return MISSING.has(error) ? text.slice(0, offset).trimEnd().length : offset;
}
