import { MorselError } from '../core/errors.ts';
import { EXIT, EXIT_CODE } from '../core/exit-codes.ts';
import { bugText } from './bug-text.ts';
import { printNote } from './print.ts';
import { joinLines, json, paint, quote, type Text, text } from './text.ts';

/** Prints a failure as the contract says and returns the exit code. A stack is shown for bugs of morsel only. */
export function reportFailure(error: unknown, format: string | undefined): number {
  if (error instanceof MorselError) {
    printNote(format === 'json' ? failureJson(error) : failureText(error));
    return EXIT_CODE[error.code];
  }
  printNote(bugText(error));
  return EXIT.bug;
}

function failureText(error: MorselError): Text {
  const lines = [text`${paint('red', 'error:')} ${error.message}`];
  const output = error.details?.['output'];
  // What the compiler said, under the error that quotes it.
  if (typeof output === 'string' && output.trim() !== '') lines.push(paint('dim', quote(output)));
  lines.push(text`  hint: ${error.hint}`, text`  code: ${error.code}`);
  return joinLines(lines);
}

function failureJson(error: MorselError): Text {
  return json({
    code: error.code,
    message: error.message,
    hint: error.hint,
    details: error.details ?? null,
    cause: error.cause instanceof Error ? error.cause.message : null,
  });
}
