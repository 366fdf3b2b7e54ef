import { MorselError } from '../../core/errors.ts';
import { EXIT, EXIT_CODE } from '../../core/exit-codes.ts';
import { bugText } from './bug-text.ts';
import type { Failure } from './documents.ts';
import { printNote } from './print.ts';
import { joinLines, json, paint, quote, type Text, text } from './text.ts';

/** Prints a failure as the contract says and returns the exit code. A stack is shown for bugs of morsel only. */
export function reportFailure(thrown: unknown, format: string | undefined): number {
  const error = isMissingFolder(thrown) ? missingFolder(thrown) : thrown;
  if (error instanceof MorselError) {
    printNote(format === 'json' ? failureJson(error) : failureText(error));
    return EXIT_CODE[error.code];
  }
  printNote(bugText(error));
  return EXIT.bug;
}

/** Relative paths mean nothing in a folder that was removed: `path.resolve` throws what getcwd(2) says, from anywhere. */
function isMissingFolder(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && (error as NodeJS.ErrnoException).syscall === 'uv_cwd';
}

function missingFolder(cause: NodeJS.ErrnoException): MorselError {
  return new MorselError('NOT_FOUND', `the current folder is not there any more (${cause.code})`, {
    cause,
    hint: 'change to a folder that exists, and start again',
  });
}

function failureText(error: MorselError): Text {
  // cargo's own line begins so itself.
  const lines = [text`${paint('red', 'error:')} ${error.message.replace(/^error: /, '')}`];
  const output = error.details?.['output'];
  // What the compiler said, under the error that quotes it.
  if (typeof output === 'string' && output.trim() !== '') lines.push(paint('dim', quote(output)));
  lines.push(...problemLines(error.details?.['problems']));
  lines.push(text`  hint: ${error.hint}`, text`  code: ${error.code}`);
  return joinLines(lines);
}

/** Of a file with several problems: each with its place, as `3:5: …`; one alone is the headline. */
function problemLines(problems: unknown): readonly Text[] {
  if (!Array.isArray(problems) || problems.length < 2) return [];
  return (problems as readonly ProblemLine[]).map(
    ({ line, column, message }) => text`  | ${line === null ? '' : `${line}:${column}: `}${message}`,
  );
}

interface ProblemLine {
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
}

function failureJson(error: MorselError): Text {
  const failure: Failure = {
    code: error.code,
    message: error.message,
    hint: error.hint,
    details: error.details ?? null,
    cause: error.cause instanceof Error ? error.cause.message : null,
  };
  return json(failure);
}
