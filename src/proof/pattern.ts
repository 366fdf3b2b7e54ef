import { RE2JS } from 're2js';
import { Turns } from '../core/turns.ts';
import type { Pattern } from './check.ts';
import { runFor } from './run-for.ts';
import { toRe2Syntax } from './re2-syntax.ts';

/**
 * Regular expressions of checks, which come with a project that nobody has looked at, and meet what a program prints:
 * RE2's matching takes time in proportion to the text. Loaded where there is a pattern only: re2js is 260 kB.
 */

/** Characters. What a line of expected output takes, with room; a program grows with it. */
const LENGTH_LIMIT = 1_000;
/** Instructions of RE2's program: `(a{30}){30}` takes 900. Time is the text's length times this, 25 ns each at worst. */
const SIZE_LIMIT = 10_000;
/** Patterns of all checks together. To compile them takes half a second, as does the next bound. */
export const TOTAL_LIMIT = 2_000;
/** Instructions of all patterns together. */
export const TOTAL_SIZE_LIMIT = 50_000;
/** RE2 expands repetitions before it knows the size. An ordinary pattern takes a millisecond; this is for a busy machine. */
const COMPILE_LIMIT_MS = 2_000;

/** Searches begin with a short look, so that an abort is heard soon; each further one may take four times as long. */
const FIRST_LOOK_MS = 100;
/** An ordinary pattern takes 50 ms for the mebibyte that is kept of an output; what needs so long is made to. */
const LONGEST_LOOK_MS = 2_000;

export interface PatternProblem {
  readonly problem: string;
  readonly hint: string;
  readonly isTooLarge: boolean;
}

/** The size of its program, or what is wrong with it. */
export function measurePattern(source: string): number | PatternProblem {
  if (source.length > LENGTH_LIMIT)
    return tooLarge(`has ${source.length} characters, and ${LENGTH_LIMIT} are allowed`);
  const translated = toRe2Syntax(source);
  if (translated.kind === 'unsupported')
    return {
      problem: `has ${translated.what}, which RE2 does not know`,
      hint: UNSUPPORTED_HINT,
      isTooLarge: false,
    };
  try {
    const compiled = runFor(COMPILE_LIMIT_MS, () => compile(source).programSize());
    if (compiled === null || compiled.value > SIZE_LIMIT)
      return tooLarge(`takes more than ${SIZE_LIMIT} instructions of RE2`);
    return compiled.value;
  } catch (error) {
    const reason = (error as Error).message.replace(/^error parsing regexp: /, '').replace('`(?m)', '`');
    return {
      problem: `must be a regular expression, in the syntax of RE2: ${reason}`,
      hint: SYNTAX_HINT,
      isTooLarge: false,
    };
  }
}

const SYNTAX_HINT =
  'the syntax is RE2’s (https://github.com/google/re2/wiki/Syntax); in JSON each backslash is written twice';
const UNSUPPORTED_HINT =
  'RE2 has neither look-around nor back-references, so that no pattern can hang: write what must not be there into excludedOutput';

const tooLarge = (problem: string): PatternProblem => ({
  problem,
  hint: 'repeat less ({1,1000} is a thousand copies), or make several patterns of it',
  isTooLarge: true,
});

export interface JudgingTime {
  /** In the time of `performance.now()`. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
}

/** Whether the pattern matches anywhere in the text; null when the time is over before that is known. Error: INTERRUPTED. */
export async function searchText(
  { source }: Pattern,
  text: string,
  { deadline, signal }: JudgingTime,
): Promise<boolean | null> {
  const turns = new Turns(signal, 'the output was compared with a pattern');
  for (let lookMs = FIRST_LOOK_MS; ; lookMs *= 4) {
    await turns.take();
    const leftMs = Math.min(lookMs, LONGEST_LOOK_MS, deadline - performance.now());
    // What was stopped may be half-made: each look compiles the pattern anew.
    const found = leftMs < 1 ? null : runFor(leftMs, () => matches(compile(source), text));
    if (found !== null) return found.value;
    if (leftMs < lookMs) return null;
  }
}

/** As JavaScript has it, `$` is also before the `\r\n` of a line. */
function matches(pattern: RE2JS, text: string): boolean {
  return pattern.test(text) || (text.includes('\r\n') && pattern.test(text.replaceAll('\r\n', '\n')));
}

/** `^hello$` matches a line, also before the newline that ends the output. */
function compile(source: string): RE2JS {
  const translated = toRe2Syntax(source);
  return RE2JS.compile(translated.kind === 're2' ? translated.source : source, RE2JS.MULTILINE);
}
