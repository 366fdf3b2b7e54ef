import type { Gaps } from './gaps.ts';
import type { Directory } from './look-up-path.ts';
import { Membership } from './membership.ts';
import type { TraceLine } from './trace-lines.ts';
import type { TraceLimits } from './trace-limits.ts';

/** From where a process looks up paths. Threads share one (CLONE_FS in clone(2)), and with it each chdir(2). */
export interface Standpoint {
  cwd: Directory | undefined;
  /** After chroot(2) or mount(2): its paths are not those of the root that is observed. */
  isElsewhere: boolean;
}

/** A thread of a process: each has its own number in a trace. */
export interface Task {
  /** False for what the sandbox itself is made of. */
  isProgram: boolean;
  standpoint: Standpoint;
  /** The first half of a call that has not answered yet. */
  pending: TraceLine | undefined;
  /** The child that it is making. */
  birth: Birth | undefined;
  /**
   * It made an execve that ended its other threads, and cannot fail any more. strace 6.1 with --seccomp-bpf answers it with
   * the number of the next call, `-1 (errno …)`, which it then leaves out.
   */
  hasReplacedThreads: boolean;
  /** Children that the sandbox was waiting for when it was new. */
  readonly sandboxChildren: number;
}

/** A process or thread that was asked for, and has not been seen yet. */
export interface Birth {
  readonly isProgram: boolean;
  readonly parent: Standpoint;
  readonly isShared: boolean;
  /** Where its parent stood then. */
  readonly cwd: Directory | undefined;
  /** What the parent was told, which is a number of its own namespace, and of the trace only if they are the same. */
  task?: number;
}

/** Of children that never made a call that is traced nothing is seen; so many are waited for. */
const BIRTHS_LIMIT = 64;

/**
 * Who is who in a trace. A child cannot be found by what its parent was told: that is its number inside of the container.
 * Where it stands is told by the children that are expected, as long as they agree; whose it is, by `Membership`.
 */
export class Tasks {
  readonly #limits: TraceLimits;
  readonly #gaps: Gaps;
  readonly #tasks = new Map<number, Task>();
  readonly #births: Birth[] = [];
  readonly #membership = new Membership();
  #pendingUnits = 0;
  #hasStarted = false;

  constructor(limits: TraceLimits, gaps: Gaps) {
    this.#limits = limits;
    this.#gaps = gaps;
  }

  /** Undefined past the limit. */
  get(id: number): Task | undefined {
    const known = this.#tasks.get(id);
    if (known !== undefined || !this.#hasRoom()) return known;
    if (this.#hasStarted && this.#membership.takeIsProgram(id))
      return this.#make(id, true, this.#takeStandpoint(id));
    if (!this.#hasStarted) this.#membership.seeBeforeStart(id);
    return this.#make(id, false, nowhere());
  }

  /** `id` has become the program: who was before it belongs to the sandbox. */
  start(id: number, cwd: Directory | undefined): void {
    const task = this.get(id);
    this.#hasStarted = true;
    if (task === undefined) return;
    this.#membership.start(id, task.sandboxChildren);
    task.isProgram = true;
    task.standpoint = { cwd, isElsewhere: false };
  }

  end(id: number): void {
    const task = this.#tasks.get(id);
    if (task !== undefined) this.takePending(task);
    this.#tasks.delete(id);
  }

  setPending(task: Task, line: TraceLine): void {
    this.takePending(task);
    if (this.#pendingUnits + unitsOf(line) > this.#limits.pendingUnits) {
      this.#gaps.add('tooManyPending');
      return;
    }
    this.#pendingUnits += unitsOf(line);
    task.pending = line;
  }

  takePending(task: Task): TraceLine | undefined {
    const line = task.pending;
    if (line !== undefined) this.#pendingUnits -= unitsOf(line);
    task.pending = undefined;
    return line;
  }

  /** Thread `id` made an execve(2): it has the number of its process from now on, and its other threads are gone. */
  replace(leaderId: number, id: number): void {
    const thread = this.#tasks.get(id);
    if (thread === undefined || leaderId === id) return;
    const leader = this.#tasks.get(leaderId);
    if (leader !== undefined) this.takePending(leader);
    this.#tasks.delete(id);
    this.#tasks.set(leaderId, thread);
    thread.hasReplacedThreads = thread.pending !== undefined;
  }

  expectChild({ isProgram, standpoint }: Task, isShared: boolean): Birth {
    const birth: Birth = { isProgram, parent: standpoint, isShared, cwd: standpoint.cwd };
    this.#membership.expectChild(isProgram);
    if (!isProgram) return birth;
    if (this.#births.length === BIRTHS_LIMIT) this.#births.shift();
    this.#births.push(birth);
    return birth;
  }

  expectNoChild(birth: Birth): void {
    this.#membership.expectChild(birth.isProgram, -1);
    this.#forget(birth);
  }

  #forget(birth: Birth): void {
    const index = this.#births.indexOf(birth);
    if (index !== -1) this.#births.splice(index, 1);
  }

  #hasRoom(): boolean {
    const hasRoom = this.#tasks.size < this.#limits.tasks;
    if (!hasRoom) this.#gaps.add('tooManyTasks');
    return hasRoom;
  }

  #make(id: number, isProgram: boolean, standpoint: Standpoint): Task {
    const task: Task = {
      isProgram,
      standpoint,
      pending: undefined,
      birth: undefined,
      hasReplacedThreads: false,
      sandboxChildren: this.#membership.sandboxChildren,
    };
    this.#tasks.set(id, task);
    return task;
  }

  #takeStandpoint(id: number): Standpoint {
    const told = this.#births.find(({ task }) => task === id);
    const birth = told ?? this.#births[0];
    const agree = told !== undefined || this.#births.every((other) => isAlike(other, birth));
    if (birth === undefined || !agree) {
      this.#births.shift();
      return { cwd: undefined, isElsewhere: this.#births.some(({ parent }) => parent.isElsewhere) };
    }
    this.#forget(birth);
    return birth.isShared ? birth.parent : { cwd: birth.cwd, isElsewhere: birth.parent.isElsewhere };
  }
}

function nowhere(): Standpoint {
  return { cwd: undefined, isElsewhere: false };
}

function isAlike(a: Birth, b: Birth | undefined): boolean {
  if (b === undefined || a.isShared !== b.isShared) return false;
  if (a.isShared) return a.parent === b.parent;
  return (
    a.cwd?.path === b.cwd?.path &&
    a.cwd?.isReal === b.cwd?.isReal &&
    a.parent.isElsewhere === b.parent.isElsewhere
  );
}

function unitsOf(line: TraceLine): number {
  return line.text.length + (line.end?.length ?? 0);
}
