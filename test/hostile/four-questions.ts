import { readdirSync } from 'node:fs';
import { findCgroups, findMounts } from '../left-behind.ts';
import { type Census, censusChanges, takeCensus } from './census.ts';
import type { KeptRun } from './kept-run.ts';

/** The issue's bound for the process of morsel itself, whatever it reads. */
export const PEAK_LIMIT_BYTES = 250 * 1024 * 1024;
/** Of compilers and programs together; the keeper ends them there. */
const CHILDREN_LIMIT_BYTES = 2 * 1024 * 1024 * 1024;

/** The table of docs/reference/exit-codes.md, without 70: no input may reach a bug. */
const EXIT_CODES: readonly number[] = [0, 1, 2, 3, 4, 5, 130];
const SIGKILL = 9;
const STACK = /^ {4}at .+:\d+/m;

export interface Surroundings {
  readonly work: string;
  readonly temporary: string;
  /** Folders in which nothing may change. */
  readonly untouchable: readonly string[];
  /** Where the output is written: staging folders may not stay. */
  readonly output: string;
}

export interface Question {
  readonly command: string;
  readonly run: KeptRun;
  readonly before: Census;
  readonly surroundings: Surroundings;
  /**
   * The signal that was sent. After SIGKILL exit code and temporary folders are not morsel's to keep in order, everything
   * else is; another one may come before Node has loaded what hears it.
   */
  readonly sent?: number | undefined;
}

/**
 * The same four questions after every run, whatever was run: is the exit code in the table, was memory bounded, did it
 * end, and is everything around it as it was. Answers what does not hold, in words.
 */
export function askFourQuestions(question: Question): readonly string[] {
  const { run, sent } = question;
  return [
    // It may have ended by itself before.
    ...(sent === SIGKILL && run.signal === SIGKILL ? [] : exitProblems(question)),
    ...(run.peakBytes > PEAK_LIMIT_BYTES ? [`memory: ${mebibytes(run.peakBytes)} MiB`] : []),
    ...(run.childrenBytes > CHILDREN_LIMIT_BYTES
      ? [`memory: ${mebibytes(run.childrenBytes)} MiB in its children`]
      : []),
    ...(run.timedOut ? ['time: it did not end'] : []),
    ...leftovers(question),
  ];
}

/** By the keeper, for another reason that is told. */
function wasStopped(run: KeptRun): boolean {
  return run.timedOut || run.peakBytes > PEAK_LIMIT_BYTES || run.childrenBytes > CHILDREN_LIMIT_BYTES;
}

export function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}

function exitProblems({ command, run, sent }: Question): readonly string[] {
  // `run` passes the program's own code on, but never that of a bug together with its words.
  const isOwn = command === 'run';
  const code = run.exitCode;
  const inTable = code === null ? run.signal === sent : isOwn || EXIT_CODES.includes(code);
  return [
    ...(inTable || wasStopped(run) ? [] : [`exit: ${code ?? `signal ${run.signal}`}`]),
    ...(STACK.test(run.stderr) || run.stderr.includes('bug in morsel') ? ['exit: a stack is shown'] : []),
    ...hintProblems(run),
  ];
}

/** Every error says what to do now. */
function hintProblems({ stderr }: KeptRun): readonly string[] {
  const hasError = /^ {2}code: [A-Z_]+$/m.test(stderr);
  return hasError && !/^ {2}hint: \S/m.test(stderr)
    ? [`exit: an error without a hint: ${firstLine(stderr)}`]
    : [];
}

function leftovers({ run, before, surroundings, sent }: Question): readonly string[] {
  const wasKilled = sent === SIGKILL;
  const { work, temporary, output, untouchable } = surroundings;
  const inTemporary = wasKilled ? [] : readdirSync(temporary);
  const staged = wasKilled ? [] : readdirSync(output).filter((name) => /^\..*morsel/.test(name));
  return [
    ...run.left.map((process) => `left: process ${process}`),
    ...findMounts(work).map((mount) => `left: mount ${mount}`),
    ...findCgroups(({ pid }) => pid === run.pid).map((cgroup) => `left: cgroup ${cgroup}`),
    ...inTemporary.map((name) => `left: ${name} in TMPDIR`),
    ...staged.map((name) => `left: ${name} beside the output`),
    ...(run.keysAreSame === false ? ['changed: the caller’s session keyring'] : []),
    ...censusChanges(before, takeCensus(untouchable)).map((change) => `changed: ${change}`),
  ];
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.slice(0, 200) ?? '';
}
