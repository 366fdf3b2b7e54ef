import { listNames } from '../core/list-names.ts';
import { findNewFailure } from './failure-words.ts';
import { differsIn, type LineDifference, maskOf } from './mask.ts';
import { KEPT_BYTES, type Outcome } from './outcome.ts';

/** In what the run of an image differs from the control run, and in which words each has it. */
export interface Difference {
  readonly what: 'end' | 'stderr' | 'stdout' | 'answer' | 'lacking-file' | 'written' | 'failure-words';
  /** "ends with exit code 1, on this machine with exit code 0" */
  readonly message: string;
}

/** What is compared, and what is not, since the control runs do not agree on it. */
export interface Comparison {
  readonly difference: Difference | null;
  /** In words: "stdout, of which two runs on this machine differ"; [] when all was compared. */
  readonly uncompared: readonly string[];
}

const STREAMS = ['stderr', 'stdout'] as const;
/** Of the files that differ from run to run. */
const NAMED_FILES = 3;
/** Characters of a line that a message quotes. */
const QUOTED = 160;

/**
 * Compares the run of an image with the control runs of the same job: its end first, which nothing masks, then stderr,
 * stdout, what a server answered and the files that were left, where all control runs agree on them.
 * @param where the control ran, as in "on this machine".
 */
export function compareOutcomes(
  control: readonly [Outcome, ...Outcome[]],
  image: Outcome,
  where: string,
): Comparison {
  const [first] = control;
  const end = differentEnd(first, image, where);
  if (end !== null) return { difference: { what: 'end', message: end }, uncompared: [] };
  const uncompared: string[] = [];
  // What was printed until a time was over, is as much as there was time for.
  for (const stream of first.isAlive ? [] : STREAMS) {
    const runs = control.map((outcome) => outcome[stream].toString('latin1'));
    const mask = maskOf(runs);
    if (mask.kind === 'stream')
      uncompared.push(`${stream}: two runs ${where} differ in their number of lines`);
    if (first[stream].length >= KEPT_BYTES) uncompared.push(`${stream}: what comes after its first MiB`);
    const found = differsIn(mask, runs[0] ?? '', image[stream].toString('latin1'));
    if (found !== null)
      return { difference: { what: stream, message: words(stream, found, where) }, uncompared };
  }
  const difference =
    differentAnswer(control, image, where) ??
    differentFiles(control, image, where) ??
    newFailure(control, image, where);
  return { difference, uncompared: [...uncompared, ...uncomparedFiles(control, where)] };
}

function uncomparedFiles(
  [first, ...others]: readonly [Outcome, ...Outcome[]],
  where: string,
): readonly string[] {
  const paths = [...(first.written ?? [])]
    .filter(([path, digest]) => others.some(({ written }) => written?.get(path) !== digest))
    .map(([path]) => path);
  if (paths.length === 0) return [];
  return [`what is in ${listNames(paths, NAMED_FILES)}, in which two runs ${where} differ`];
}

/** What is not compared, since it is chance, may still tell of a failure that is none. */
function newFailure(control: readonly Outcome[], image: Outcome, where: string): Difference | null {
  const said = findNewFailure(control, image);
  if (said === null) return null;
  return {
    what: 'failure-words',
    message: `says ${JSON.stringify(said.slice(0, QUOTED))}, and ${where} nothing of that`,
  };
}

/** Files that all control runs leave, and leave alike; what one of them was stopped in is chance. */
function differentFiles(
  control: readonly [Outcome, ...Outcome[]],
  image: Outcome,
  where: string,
): Difference | null {
  const [first, ...others] = control;
  const { written } = image;
  if (first.isAlive || first.written === null || written === null) return null;
  for (const [path, digest] of first.written) {
    if (!others.every((other) => other.written?.has(path) === true)) continue;
    const found = written.get(path);
    if (found === undefined)
      return { what: 'lacking-file', message: `writes no ${path}, and ${where} it does` };
    const isAlike = others.every((other) => other.written?.get(path) === digest);
    if (isAlike && found !== digest)
      return { what: 'written', message: `writes another ${path} than ${where}` };
  }
  return fewerFiles(control, image, where);
}

/** Of files whose names are another in each run, such as mkstemp(3)'s, there are as many. */
function fewerFiles(control: readonly Outcome[], image: Outcome, where: string): Difference | null {
  const counts = new Set(control.map(({ written }) => written?.size ?? 0));
  const [expected = 0] = counts;
  const found = image.written?.size ?? 0;
  if (counts.size !== 1 || found >= expected) return null;
  return { what: 'lacking-file', message: `leaves ${found} files in /tmp, and ${where} ${expected}` };
}

function differentAnswer(
  control: readonly [Outcome, ...Outcome[]],
  image: Outcome,
  where: string,
): Difference | null {
  const [first, ...others] = control.map(({ answer }) => answer);
  if (first === undefined || first === null || image.answer === null) return null;
  const mask = maskOf([first, ...others.flatMap((answer) => answer ?? [])]);
  const found = differsIn(mask, first, image.answer);
  return found === null ? null : { what: 'answer', message: words('its answer', found, where) };
}

function differentEnd(control: Outcome, image: Outcome, where: string): string | null {
  const [expected, found] = [endOf(control), endOf(image)];
  if (expected !== found) return `${found}, and ${where} ${expected}`;
  if (control.isListening === true && image.isListening === false)
    return `does not listen, and ${where} it does`;
  return null;
}

/** "ends with exit code 1" */
export function endOf({ exitCode, signal, isAlive, startFailure }: Outcome): string {
  if (startFailure !== null) return 'does not start';
  if (isAlive) return 'stays alive';
  return signal === null ? `ends with exit code ${exitCode ?? 'none'}` : `is ended by ${signal}`;
}

function words(what: string, { line, expected, found }: LineDifference, where: string): string {
  const said = found === null ? `has no line ${line}` : `says ${quote(found)} in line ${line}`;
  return `${what} ${said}, and ${where} ${expected === null ? 'it has none' : quote(expected)}`;
}

function quote(line: string): string {
  const text = Buffer.from(line, 'latin1').toString('utf8');
  return JSON.stringify(text.length <= QUOTED ? text : `${text.slice(0, QUOTED)}…`);
}
