/**
 * Whose a process is that is seen for the first time once the program runs. Its parent was told its number inside of the
 * container, so that tells nothing; and a runtime may have made threads before, or make them now, that are silent until the
 * program has ended (runc's). But the kernel gives numbers in rising order (pid_namespaces(7), alloc_pid), and a child is
 * seen after the call that makes it. In doubt it is the program's: too much is seen then, and nothing is lost.
 */
export class Membership {
  /** What was traced first; numbers from there to the program's were given to the sandbox. */
  #firstId: number | undefined;
  #startId: number | undefined;
  #hasBegunAgain = false;
  /** Children that were asked for and have not been seen. */
  #programChildren = 0;
  #sandboxChildren = 0;

  /** Of the sandbox, so far. */
  get sandboxChildren(): number {
    return this.#sandboxChildren;
  }

  seeBeforeStart(id: number): void {
    this.#firstId ??= id;
  }

  /** `sandboxChildren`: as many as there were when `id` was new; they have smaller numbers. */
  start(id: number, sandboxChildren: number): void {
    this.#startId = id;
    this.#sandboxChildren -= sandboxChildren;
  }

  expectChild(isProgram: boolean, count = 1): void {
    if (isProgram) this.#programChildren += count;
    else this.#sandboxChildren += count;
  }

  /** Decides about a number that is new after the start. */
  takeIsProgram(id: number): boolean {
    if (this.#isBeforeProgram(id)) return false;
    if (this.#programChildren === 0 && this.#sandboxChildren > 0) {
      this.#sandboxChildren -= 1;
      return false;
    }
    // Where it may be of either, both go on waiting.
    if (this.#sandboxChildren === 0) this.#programChildren = Math.max(0, this.#programChildren - 1);
    return true;
  }

  #isBeforeProgram(id: number): boolean {
    const [first, start] = [this.#firstId ?? 0, this.#startId ?? 0];
    // After the highest number the kernel begins again with low ones, which are anybody's.
    if (first <= start && id < first) this.#hasBegunAgain = true;
    if (this.#hasBegunAgain) return false;
    return first <= start ? id >= first && id < start : id >= first || id < start;
  }
}
