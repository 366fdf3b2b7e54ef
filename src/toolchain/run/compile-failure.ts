import { basename } from 'node:path';
import type { Command } from '../../core/command.ts';
import { MorselError, type MorselErrorOptions } from '../../core/errors.ts';
import type { CommandResult } from '../../core/run-command.ts';
import { DEPENDENCY_SYMPTOMS } from './dependency-symptoms.ts';
import { LANGUAGE_SYMPTOMS, type Symptom } from './language-symptoms.ts';
import { missingHeaderHint, missingLibraryHint } from './missing-library.ts';
import { outputLines, streamLines } from '../find/tool-output.ts';
import { type Diagnosis, findDiagnosis, MAX_MESSAGE_LINE } from './diagnosis.ts';

/** Lines of a tool's output that a failure shows. */
export const SHOWN_OUTPUT_LINES = 40;

/** Symptoms in compilers' output, and what to do about each; the first that matches counts. */
export const SYMPTOMS: readonly Symptom[] = [
  ...LANGUAGE_SYMPTOMS,
  {
    pattern:
      /(?:cannot find|unable to find library) -l([\w+.-]{1,200})|library (?:not found|'?)[ :]{0,4}-l([\w+.-]{1,200})|unable to find (?:dynamic|static) system library '([\w+.-]{1,200})'/,
    hint: (match) => missingLibraryHint(match[1] ?? match[2] ?? match[3] ?? ''),
  },
  {
    pattern:
      /fatal error: '?([\w./+-]{1,300}\.(?:h|hpp|hh))'?:? (?:No such file or directory|file not found)/,
    hint: (match) => missingHeaderHint(match[1] ?? ''),
  },
  ...DEPENDENCY_SYMPTOMS,
  {
    pattern: /undefined (?:reference to|symbol:?) [`'"]?([\w.:~<>()*&, ]{1,300})/,
    hint: (match) =>
      `${(match[1] ?? '').trim()} is defined by no library that was linked: link the one that has it, or ask for a rung with another C library`,
  },
  {
    pattern: /attempted static link of dynamic object `([^'\n]{1,400})'/,
    hint: (match) =>
      `${match[1]} exists only as a shared library: install its static one (lib….a), or ask for --rung closure`,
  },
  {
    pattern:
      /(?:unknown type name|expected [^\n]{0,200}? before|undeclared)\W{1,20}(__BEGIN_DECLS|__THROW|__P\b|TEMP_FAILURE_RETRY|__GNUC_PREREQ)/,
    hint: (match) =>
      `the source relies on ${match[1]}, which only glibc's headers have: ask for --rung static-glibc`,
  },
  {
    pattern: /No rule to make target [`']([^'\n]{1,400})'/,
    hint: (match) =>
      `the Makefile wants ${match[1]}, which is not in the source tree: add it, or name the folder that has it`,
  },
  {
    // The name stands before the words: they are found first, and it is read backwards from them.
    pattern: /: (?:command )?not found(?<=(?<!\S)(\S{1,200}): (?:command )?not found)/,
    hint: (match) => `the build wants the program ${match[1]}; install it`,
    hopeless: true,
  },
];

/** What compilers, linkers, cargo, go and zig say of a full disk, or of a quota that is used up. */
export const DISK_FULL_PATTERN =
  /no space left on device|disk quota exceeded|\bNoSpaceLeft\b|\(os error 28\)/i;

/** What a linker lacks: of a failed link this tells more than that it failed. */
const LACKED_PATTERN = /cannot find -l\S|unable to find library -l\S/;
/** cargo tells which crate it compiles, and one is called quick-error. */
const PROGRESS_PATTERN =
  /^\s*(?:Compiling|Checking|Downloading|Downloaded|Building|Updating|Fresh|Running)\s/;

/** Marks an error in the words of compilers and linkers. */
export const ERROR_PATTERN = /\b(?:fatal )?error\b[: ]|undefined reference|cannot find -l/i;

export interface FailedCommand {
  readonly command: Command;
  /** As a line for a shell. */
  readonly line: string;
  readonly result: CommandResult;
  /** Where it wrote. */
  readonly workDirectory: string;
}

/** A failed command of a plan. */
export class CompileFailure extends MorselError {
  /** What its output says first; null where no tool marks an error as its user's. */
  readonly diagnosis: Diagnosis | null;
  /** All of it, as far as it was kept. */
  readonly printed: string;

  constructor(
    message: string,
    options: MorselErrorOptions,
    read: { readonly diagnosis: Diagnosis | null; readonly printed: string },
  ) {
    super('COMPILE_FAILED', message, options);
    this.diagnosis = read.diagnosis;
    this.printed = read.printed;
  }

  /** The same as what ends the ladder: the tool's own line says it all. */
  asFinal(hint: string = this.hint): MorselError {
    const message = this.diagnosis?.headline ?? this.message;
    return new MorselError('COMPILE_FAILED', message, {
      hint,
      cause: this,
      details: { ...this.details, final: true },
    });
  }

  /** The same, where another compiler of the same C library lacks what this one lacks. */
  asHopeless(): MorselError {
    const { hint, details } = this;
    return new MorselError('COMPILE_FAILED', this.message, {
      hint,
      cause: this,
      details: { ...details, hopeless: true },
    });
  }
}

/** What is said when a command of a plan fails: what, the end of its output, and what can be done. */
export function compileFailure(failed: FailedCommand): MorselError {
  const { command, line, result } = failed;
  const streams = streamLines(result);
  const lines = streams.flat();
  const output = lines.join('\n');
  const byCargo = basename(command.program) === 'cargo';
  const diagnosis = streams.map((one) => findDiagnosis(one, byCargo)).find((one) => one !== null) ?? null;
  const details = {
    command: line,
    exitCode: result.exitCode,
    output: lines.slice(-SHOWN_OUTPUT_LINES).join('\n'),
    ...(diagnosis === null ? {} : diagnosis),
  };
  if (DISK_FULL_PATTERN.test(output)) return diskFull(failed, details);
  const ending =
    result.exitCode === null ? `was ended by ${result.signal}` : `failed with exit code ${result.exitCode}`;
  const symptom = firstSymptom(output);
  const summary = diagnosis?.headline ?? errorLine(lines);
  return new CompileFailure(
    `${command.purpose} ${ending}${summary === null ? '' : `: ${summary}`}`,
    {
      hint:
        symptom?.hint ??
        "the output above is the compiler's: see whether the project builds here without morsel",
      details: { ...details, hopeless: symptom?.hopeless ?? command.program.endsWith('autoreconf') },
    },
    { diagnosis, printed: output },
  );
}

function diskFull({ command, workDirectory }: FailedCommand, details: Record<string, unknown>): MorselError {
  return new MorselError('DISK_FULL', `no space left on a disk that is written to: ${command.purpose}`, {
    hint: `free some space for ${workDirectory}, or set XDG_CACHE_HOME to a folder on another disk`,
    details,
  });
}

/** A command was stopped at its limit. Another compiler would have no more time. */
export function ranTooLong({ command, line, result }: FailedCommand, timeoutMs: number): MorselError {
  return new MorselError(
    'COMPILE_FAILED',
    `${command.purpose} was stopped: it ran longer than ${timeoutMs / 1000} seconds`,
    {
      hint: 'see with -v whether it waits for something or prints without end; --timeout SECONDS gives each command more time',
      details: {
        command: line,
        exitCode: null,
        output: outputLines(result).slice(-SHOWN_OUTPUT_LINES).join('\n'),
        hopeless: true,
      },
    },
  );
}

function firstSymptom(output: string): { readonly hint: string; readonly hopeless: boolean } | null {
  for (const { pattern, hint, hopeless } of SYMPTOMS) {
    const match = pattern.exec(output);
    const said = match === null ? null : hint(match);
    if (said !== null) return { hint: said, hopeless: hopeless ?? false };
  }
  return null;
}

/** The first line that says what a linker lacks, or that a tool marks as an error, else the last line that was printed. */
function errorLine(lines: readonly string[]): string | null {
  const messages = lines.filter((line) => line.trim() !== '' && line.length < MAX_MESSAGE_LINE);
  const told = messages.filter((line) => !PROGRESS_PATTERN.test(line));
  const marked =
    told.find((line) => LACKED_PATTERN.test(line)) ?? told.find((line) => ERROR_PATTERN.test(line));
  return (marked ?? messages.at(-1))?.trim().replace(/^= note: /, '') ?? null;
}
