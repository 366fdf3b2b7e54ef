import { MorselError } from '../core/errors.ts';
import { EXIT, EXIT_CODE } from '../core/exit-codes.ts';
import { paint, printNote } from './terminal.ts';

/** Prints a failure as the contract says and returns the exit code. A stack is shown for bugs of morsel only. */
export function reportFailure(error: unknown, format: string | undefined): number {
  if (error instanceof MorselError) {
    printNote(format === 'json' ? failureJson(error) : failureText(error));
    return EXIT_CODE[error.code];
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  printNote(
    `${paint('red', 'error:')} this is a bug in morsel\n  hint: please report it with the lines below\n  code: BUG\n${stack}`,
  );
  return EXIT.bug;
}

function failureText(error: MorselError): string {
  const lines = [`${paint('red', 'error:')} ${error.message}`];
  const output = error.details?.['output'];
  if (typeof output === 'string' && output.trim() !== '') lines.push(paint('dim', indent(output)));
  if (error.hint !== undefined) lines.push(`  hint: ${error.hint}`);
  lines.push(`  code: ${error.code}`);
  return lines.join('\n');
}

/** What the compiler said, under the error that quotes it. */
function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '  | ');
}

function failureJson(error: MorselError): string {
  return JSON.stringify({
    code: error.code,
    message: error.message,
    hint: error.hint ?? null,
    details: error.details ?? null,
    cause: error.cause instanceof Error ? error.cause.message : null,
  });
}
