import { writeOutput } from './standard-streams.ts';
import { pageColumns } from './terminal.ts';
import { joinLines, type Text } from './text.ts';

/** Where the CLI writes. stdout carries only the result, so that calls nest; everything else goes to stderr. */

/** A result that is taken as it is: a reference, a document, what `ldd` prints. */
export function printResult(result: Text): void {
  writeOutput(1, joinLines([result, '']));
}

/** A result for people, in lines for their terminal. */
export function printReport(report: Text): void {
  writeOutput(1, joinLines([report, '']), pageColumns(1));
}

export function printNote(note: Text): void {
  writeOutput(2, joinLines([note, '']), pageColumns(2));
}
