import type { Command } from '../core/command.ts';
import { MorselError } from '../core/errors.ts';
import type { CommandResult } from '../core/run-command.ts';
import { LANGUAGE_SYMPTOMS, type Symptom } from './language-symptoms.ts';

/** Lines of a tool's output that a failure shows. */
export const SHOWN_OUTPUT_LINES = 40;

/** A longer line is a command line, not a message. */
const MAX_MESSAGE_LINE = 400;

/** Symptoms in compilers' output, and what to do about each; the first that matches counts. */
const SYMPTOMS: readonly Symptom[] = [
  ...LANGUAGE_SYMPTOMS,
  {
    pattern:
      /cannot find -l([\w+.-]+)|library (?:not found|'?)[ :]*-l([\w+.-]+)|unable to find (?:dynamic|static) system library '([\w+.-]+)'/,
    hint: (match) =>
      `the static library lib${match[1] ?? match[2] ?? match[3]}.a for this C library is not installed; a rung with another C library may have it`,
  },
  {
    pattern: /fatal error: '?([\w./+-]+\.(?:h|hpp|hh))'?[^\n]*(?:No such file|file not found)/,
    hint: (match) =>
      `the header ${match[1]} is not there for this C library; install its -dev package, or see whether the program can be built without it`,
  },
  {
    pattern: /undefined (?:reference to|symbol:?) [`'"]?([\w.:~<>()*&, ]+)/,
    hint: (match) =>
      `${(match[1] ?? '').trim()} is defined by no library that was linked: a library is missing, or this C library does not have it`,
  },
  {
    pattern: /attempted static link of dynamic object `([^']+)'/,
    hint: (match) => `${match[1]} exists only as a shared library`,
  },
  {
    pattern:
      /(?:unknown type name|expected .* before|undeclared)\W+(__BEGIN_DECLS|__THROW|__P\b|TEMP_FAILURE_RETRY|__GNUC_PREREQ)/,
    hint: (match) =>
      `the source relies on ${match[1]}, which only glibc's headers have; static-glibc can build it`,
  },
  {
    pattern: /No rule to make target [`']([^']+)'/,
    hint: (match) => `the Makefile wants ${match[1]}, which is not in the source tree`,
  },
  {
    pattern: /(\S+): (?:command )?not found/,
    hint: (match) => `the build wants the program ${match[1]}; install it`,
    hopeless: true,
  },
  {
    pattern: /No space left on device/,
    hint: () => 'free some space, or set XDG_CACHE_HOME to another disk',
    hopeless: true,
  },
];

/** What is said when a command of a plan fails: what, the end of its output, and what can be done. */
export function compileFailure(command: Command, line: string, result: CommandResult): MorselError {
  const output = [result.stderr, result.stdout].filter((text) => text.trim() !== '').join('\n');
  const ending =
    result.exitCode === null ? `was ended by ${result.signal}` : `failed with exit code ${result.exitCode}`;
  const symptom = firstSymptom(output);
  const summary = errorLine(output);
  return new MorselError(
    'COMPILE_FAILED',
    `${command.purpose} ${ending}${summary === null ? '' : `: ${summary}`}`,
    {
      hint:
        symptom?.hint ?? "the output above is the compiler's; does the project build here without morsel?",
      details: {
        command: line,
        exitCode: result.exitCode,
        output: lastLines(output),
        hopeless: symptom?.hopeless ?? command.program.endsWith('autoreconf'),
      },
    },
  );
}

function firstSymptom(output: string): { readonly hint: string; readonly hopeless: boolean } | null {
  for (const { pattern, hint, hopeless } of SYMPTOMS) {
    const match = pattern.exec(output);
    if (match !== null) return { hint: hint(match), hopeless: hopeless ?? false };
  }
  return null;
}

/** The first line that a compiler or linker marks as an error, else the last line that was printed. */
function errorLine(output: string): string | null {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && line.length < MAX_MESSAGE_LINE);
  const marked = lines.find((line) =>
    /\b(fatal )?error\b[: ]|undefined reference|cannot find -l/i.test(line),
  );
  return (marked ?? lines.at(-1))?.trim() ?? null;
}

function lastLines(output: string): string {
  return output.trimEnd().split('\n').slice(-SHOWN_OUTPUT_LINES).join('\n');
}
