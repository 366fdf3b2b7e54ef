import { CallReader } from './read-calls.ts';
import { FoundPaths } from './found-paths.ts';
import { Gaps } from './gaps.ts';
import { type Directory, lookUpPath } from './look-up-path.ts';
import type { Observation } from './observation.ts';
import { parseQuoted } from './strace-text.ts';
import { type Task, Tasks } from './tasks.ts';
import { callName, parseCall, type TraceCall } from './trace-call.ts';
import type { TraceLimits } from './trace-limits.ts';
import type { TraceEnd, TraceLine } from './trace-lines.ts';

export interface Start {
  /** The program's path, as the kernel was given it. */
  readonly startPath: string;
  /** A path that the program's first process asks for, and nobody else, before it becomes the program. */
  readonly marker?: string | undefined;
  /** Where the program starts; without it, relative paths are not known until a call tells. */
  readonly workingDirectory?: string | undefined;
  /** Of the trace's end, which is not in the file. */
  readonly droppedBytes?: number | undefined;
}

const TASK = /^(\d{1,10}) +/;
const UNFINISHED = ' <unfinished ...>';
/** execve(2) of a thread that is not the first of its process. */
const CHANGES_TASK = / <pid changed to \d{1,10} \.\.\.>$/;
const RESUMED = /^<\.\.\. ([a-z0-9_]+) resumed>/;
const SUPERSEDED = /^\+\+\+ superseded by execve in pid (\d{1,10}) \+\+\+$/;
const ENDED = /^\+\+\+ (?:exited with|killed by) /;
const MAKES_TASK = /^(?:clone|clone3|fork|vfork)$/;
const EXECUTES = /^execve(?:at)?$/;
const ENDS_TASK = /^exit(?:_group)?$/;

/** Reads the lines of a trace, one after the other. */
export class TraceReader {
  readonly #start: Start;
  readonly #gaps = new Gaps();
  readonly #found: FoundPaths;
  readonly #tasks: Tasks;
  readonly #calls: CallReader;
  /** Who asked for the marker. */
  #marked: number | undefined;
  #hasStarted = false;

  constructor(start: Start, limits: TraceLimits) {
    this.#start = start;
    this.#found = new FoundPaths(limits, this.#gaps);
    this.#tasks = new Tasks(limits, this.#gaps);
    this.#calls = new CallReader(this.#found, this.#gaps);
  }

  read(line: TraceLine): void {
    const prefix = TASK.exec(line.text);
    if (prefix === null) return this.#damaged();
    const id = Number(prefix[1]);
    const rest: TraceLine = { ...line, text: line.text.slice(prefix[0].length) };
    if (rest.text.startsWith('<... ')) this.#readResumed(id, rest);
    else if (rest.text.startsWith('+++ ')) this.#readEvent(id, rest);
    else if (!rest.text.startsWith('--- ')) this.#readCall(id, rest);
  }

  observation(end: TraceEnd): Observation {
    if (end === 'too-long' || (this.#start.droppedBytes ?? 0) > 0) this.#gaps.add('traceTooLong');
    if (end === 'cut') this.#gaps.add('traceCut');
    return this.#found.observation(this.#hasStarted);
  }

  #readCall(id: number, line: TraceLine): void {
    const task = this.#tasks.get(id);
    const name = callName(line.text);
    if (name === undefined) return this.#damaged();
    // Of the sandbox's own processes only this is of interest: it may be millions of lines.
    if (!this.#hasStarted) this.#lookForMarker(id, name, line);
    const isWatched =
      task?.isProgram === true || EXECUTES.test(name) || MAKES_TASK.test(name) || ENDS_TASK.test(name);
    if (task === undefined || !isWatched) return;
    const half = firstHalf(line);
    if (half === undefined) return this.#readWhole(id, task, line);
    this.#tasks.setPending(task, half);
    if (MAKES_TASK.test(name)) task.birth = this.#tasks.expectChild(task, sharesStandpoint(line));
  }

  #readResumed(id: number, line: TraceLine): void {
    const resumed = RESUMED.exec(line.text);
    const task = this.#tasks.get(id);
    if (resumed === null) return this.#damaged();
    if (task === undefined) return;
    const half = this.#tasks.takePending(task);
    if (half === undefined || callName(half.text) !== resumed[1]) {
      if (task.isProgram) this.#damaged();
      return;
    }
    const whole = join(half, { ...line, text: line.text.slice(resumed[0].length) });
    this.#readWhole(id, task, whole, task.hasReplacedThreads);
    task.hasReplacedThreads = false;
  }

  #readEvent(id: number, line: TraceLine): void {
    const superseded = SUPERSEDED.exec(line.text);
    if (superseded !== null) this.#tasks.replace(id, Number(superseded[1]));
    else if (ENDED.test(line.text)) this.#tasks.end(id);
    else this.#damaged();
  }

  #readWhole(id: number, task: Task, line: TraceLine, hasReplacedThreads = false): void {
    const parsed = parseCall(line);
    if (parsed === null) return this.#damaged();
    const hasLostCall = hasReplacedThreads && parsed.result.kind === 'error' && parsed.result.errno === '';
    const call: TraceCall = hasLostCall ? { ...parsed, result: { kind: 'success', value: 0 } } : parsed;
    if (!this.#hasStarted) this.#lookForStart(id, call);
    if (hasLostCall && task.isProgram) this.#gaps.add('lostCall');
    if (task.isProgram) this.#calls.read(call, task);
    if (MAKES_TASK.test(call.name)) this.#readBirth(task, call);
    if (ENDS_TASK.test(call.name)) this.#tasks.end(id);
  }

  #lookForMarker(id: number, name: string, line: TraceLine): void {
    const { marker } = this.#start;
    // An execve names it where it is an argument.
    if (marker !== undefined && !EXECUTES.test(name) && line.text.includes(`"${marker}"`)) this.#marked = id;
  }

  #lookForStart(id: number, call: TraceCall): void {
    if (call.result.kind !== 'success' || call.name !== 'execve') return;
    const path = parseQuoted(call.args[0] ?? '');
    if (path === null || path.isCut) return;
    const { startPath, marker } = this.#start;
    if (marker !== undefined && this.#marked !== id) return;
    if (!isSamePath(path.text, startPath)) return;
    this.#hasStarted = true;
    this.#tasks.start(id, this.#workingDirectory());
  }

  #workingDirectory(): Directory | undefined {
    const path = lookUpPath(this.#start.workingDirectory ?? '', undefined);
    return path === undefined ? undefined : { path, isReal: false };
  }

  #readBirth(task: Task, { args, result }: TraceCall): void {
    const birth = task.birth;
    task.birth = undefined;
    if (result.kind !== 'success') {
      if (birth !== undefined) this.#tasks.expectNoChild(birth);
      return;
    }
    const expected =
      birth ??
      this.#tasks.expectChild(
        task,
        args.some((argument) => argument.includes('CLONE_FS')),
      );
    expected.task = result.value;
  }

  #damaged(): void {
    if (this.#hasStarted) this.#gaps.add('damagedLine');
  }
}

function isSamePath(a: string, b: string): boolean {
  const path = lookUpPath(a, undefined);
  return a === b || (path !== undefined && path === lookUpPath(b, undefined));
}

/** Undefined for a line with an answer. */
function firstHalf(line: TraceLine): TraceLine | undefined {
  const last = line.end ?? line.text;
  const mark = last.endsWith(UNFINISHED) ? UNFINISHED.length : (CHANGES_TASK.exec(last)?.[0].length ?? 0);
  if (mark === 0) return undefined;
  // Of a line without its middle the end says nothing more.
  return line.end === undefined ? { text: line.text.slice(0, -mark) } : line;
}

function join(half: TraceLine, rest: TraceLine): TraceLine {
  if (half.end !== undefined) return { text: half.text, end: rest.end ?? rest.text };
  return { ...rest, text: half.text + rest.text };
}

function sharesStandpoint(line: TraceLine): boolean {
  return line.text.includes('CLONE_FS');
}
