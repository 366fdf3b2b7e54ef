import { constants } from 'node:os';
import type { RunResult } from '../sandbox/index.ts';
import type { Check } from './check.ts';
import { findLoaderError } from './loader-error.ts';

/** Of a program's own words, as much as a message can hold. */
const EXCERPT_LIMIT = 400;

/** Everything that is wrong with how a command ended; [] when the check has passed. */
export function judgeCommand(
  check: Extract<Check, { kind: 'command' }>,
  result: RunResult,
): readonly string[] {
  if (result.timedOut) return [`did not end within ${check.timeoutSeconds} s`];
  const ended = judgeEnd(result);
  const code = dockerExitCode(result);
  const isExpected = code === check.exitCode;
  const output = judgeOutput(check, result);
  // A signal or a loader error that the check asks for, by its exit code, is no failure.
  if (isExpected) return output;
  const problem = ended ?? `exit code ${code ?? 'none'}, expected ${check.exitCode}`;
  const said = ended === null ? unquoted(result, output) : null;
  return [said === null ? problem : `${problem}; it said: ${said}`, ...output];
}

/** The program's own reason, unless the problems with its output quote it already. */
function unquoted(result: RunResult, problems: readonly string[]): string | null {
  if (problems.length === 0) return excerptOf(result);
  const quotesErrors = problems.some((problem) => problem.startsWith('stderr '));
  return quotesErrors || result.stderr.length === 0 ? null : excerptOf(result);
}

/** A loader error or a signal, in words; null for a program that ended by itself, or still runs. */
export function judgeEnd(result: RunResult): string | null {
  const loader = findLoaderError(result);
  if (loader !== null) return loader;
  if (result.signal === null || result.timedOut) return null;
  const said = excerptOf(result);
  return `ended by ${result.signal}${said === null ? '' : `; it said: ${said}`}`;
}

export function judgeOutput(check: Check, { stdout, stderr }: RunResult): readonly string[] {
  const out = stdout.toString('utf8');
  const err = stderr.toString('utf8');
  const missing = (name: string, text: string, patterns: readonly RegExp[]): string[] =>
    patterns
      .filter((pattern) => !pattern.test(text))
      .map((pattern) => `${name} has no match for ${pattern.source}: ${quote(text)}`);
  const present = (name: string, text: string, patterns: readonly RegExp[]): string[] =>
    patterns
      .filter((pattern) => pattern.test(text))
      .map((pattern) => `${name} matches ${pattern.source}: ${quote(text)}`);
  return [
    ...missing('stdout', out, check.expectedOutput),
    ...present('stdout', out, check.excludedOutput),
    ...missing('stderr', err, check.expectedError),
    ...present('stderr', err, check.excludedError),
  ];
}

/** The exit code as `docker run` gives it; null when the program was stopped or never started. */
export function dockerExitCode({ exitCode, signal, timedOut, startFailure }: RunResult): number | null {
  if (timedOut || startFailure !== null) return null;
  if (signal === null) return exitCode;
  return 128 + (constants.signals[signal as NodeJS.Signals] ?? 0);
}

/** What a program said last before it gave up: its errors, else its output; null when it was silent. */
export function excerptOf({ stdout, stderr }: RunResult): string | null {
  const text = (stderr.length > 0 ? stderr : stdout).toString('utf8').trim();
  return text === '' ? null : quote(text);
}

/** Its first words say what it is about, its last ones how it ended: the middle goes. */
function quote(text: string): string {
  if (text.length <= EXCERPT_LIMIT) return JSON.stringify(text);
  return JSON.stringify(`${text.slice(0, EXCERPT_LIMIT / 4)}…${text.slice((-EXCERPT_LIMIT * 3) / 4)}`);
}
