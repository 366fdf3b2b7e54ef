import { constants } from 'node:os';
import type { RunResult } from '../sandbox/index.ts';
import type { Check, Pattern } from './check.ts';
import { findLoaderError } from './loader-error.ts';
import type { JudgingTime } from './pattern.ts';

/** Of a program's own words, as much as a message can hold. */
const EXCERPT_LIMIT = 400;

/** For a program that took all of its check's time to end: what it printed is still compared. */
const LEAST_JUDGING_MS = 1_000;

/** What the program has left of its check's time. */
export function judgingTime(
  { timeoutSeconds }: Check,
  { elapsedMs }: RunResult,
  signal: AbortSignal | undefined,
): JudgingTime {
  const leftMs = Math.max(LEAST_JUDGING_MS, timeoutSeconds * 1e3 - elapsedMs);
  return { deadline: performance.now() + leftMs, signal };
}

/** Everything that is wrong with how a command ended; [] when the check has passed. */
export async function judgeCommand(
  check: Extract<Check, { kind: 'command' }>,
  result: RunResult,
  time: JudgingTime,
): Promise<readonly string[]> {
  if (result.timedOut) return [`did not end within ${check.timeoutSeconds} s`];
  const ended = judgeEnd(result);
  const code = dockerExitCode(result);
  const isExpected = code === check.exitCode;
  const output = await judgeOutput(check, result, time);
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

export async function judgeOutput(
  check: Check,
  { stdout, stderr }: RunResult,
  time: JudgingTime,
): Promise<readonly string[]> {
  const expectations = [
    ...expectationsOf('stdout', stdout, check.expectedOutput, check.excludedOutput),
    ...expectationsOf('stderr', stderr, check.expectedError, check.excludedError),
  ];
  const problems: string[] = [];
  for (const { stream, text, pattern, isExpected } of expectations) {
    const problem = await problemOf(pattern, text, isExpected, time);
    if (problem !== null) problems.push(`${stream} ${problem}: ${quote(text)}`);
  }
  return problems;
}

interface Expectation {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  readonly pattern: Pattern;
  /** Else excluded. */
  readonly isExpected: boolean;
}

function expectationsOf(
  stream: Expectation['stream'],
  bytes: Buffer,
  expected: readonly Pattern[],
  excluded: readonly Pattern[],
): readonly Expectation[] {
  const text = bytes.toString('utf8');
  return [
    ...expected.map((pattern) => ({ stream, text, pattern, isExpected: true })),
    ...excluded.map((pattern) => ({ stream, text, pattern, isExpected: false })),
  ];
}

/** What is wrong with a text, as the end of a sentence about it; null when nothing is. */
export async function problemOf(
  pattern: Pattern,
  text: string,
  isExpected: boolean,
  time: JudgingTime,
): Promise<string | null> {
  const { searchText } = await import('./pattern.ts');
  const isFound = await searchText(pattern, text, time);
  if (isFound === null) return `could not be searched for ${pattern.source} in time`;
  if (isFound === isExpected) return null;
  return isExpected ? `has no match for ${pattern.source}` : `matches ${pattern.source}`;
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

/** Characters of one line, which may be a megabyte. */
const LINE_LIMIT = 200;

/** What a program said first, where it has errors of them; null when it was silent. */
export function firstLineOf({ stdout, stderr }: Pick<RunResult, 'stdout' | 'stderr'>): string | null {
  const text = (stderr.length > 0 ? stderr : stdout).toString('utf8').trim();
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  if (line === '') return null;
  return line.length <= LINE_LIMIT ? line : `${line.slice(0, LINE_LIMIT)}…`;
}

/** Its first words say what it is about, its last ones how it ended: the middle goes. */
function quote(text: string): string {
  if (text.length <= EXCERPT_LIMIT) return JSON.stringify(text);
  return JSON.stringify(`${text.slice(0, EXCERPT_LIMIT / 4)}…${text.slice((-EXCERPT_LIMIT * 3) / 4)}`);
}
