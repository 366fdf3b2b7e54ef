import { writeOutput } from './standard-streams.ts';
import { joinLines, type Text } from './text.ts';

/** Where the CLI writes. stdout carries only the result, so that calls nest; everything else goes to stderr. */

export function printResult(result: Text): void {
  writeOutput(1, joinLines([result, '']));
}

export function printNote(note: Text): void {
  writeOutput(2, joinLines([note, '']));
}
