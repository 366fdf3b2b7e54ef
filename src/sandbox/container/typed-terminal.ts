import { setTimeout as sleep } from 'node:timers/promises';
import { ReadStream } from 'node:tty';
import type { Terminal } from '../terminal.ts';
import { HeadBuffer } from './head-buffer.ts';
import { openNull } from './null-device.ts';
import type { ProgramStreams } from './program-streams.ts';

/** A program that has drawn nothing for so long, and sleeps, waits for a key. */
const QUIET_MS = 150;
const LOOK_AGAIN_MS = 15;

/** A terminal of the program's own at which nobody sits: what is to be typed is given, and what is drawn is kept. */
export class TypedTerminal implements ProgramStreams {
  // The launcher opens the terminal in their places.
  readonly stdin = openNull();
  readonly stdout = this.stdin;
  readonly stderr = this.stdin;
  readonly terminal: number;
  readonly handedOver = [this.stdin];
  readonly ended: Promise<unknown>;
  readonly keptOutput: HeadBuffer;
  readonly keptErrors = new HeadBuffer(0);
  readonly #typed: readonly string[];
  readonly #own: ReadStream;
  #lastMs = 0;
  #isOver = false;

  constructor({ fd }: Terminal, typed: readonly string[], limitBytes: number) {
    this.terminal = fd;
    this.#typed = typed;
    this.keptOutput = new HeadBuffer(limitBytes);
    this.#own = new ReadStream(fd);
    this.#own.on('data', (bytes: Buffer) => {
      this.#lastMs = performance.now();
      this.keptOutput.push(bytes);
    });
    this.ended = new Promise<void>((resolve) => {
      // When the last program has closed its end, a read fails with EIO.
      this.#own.on('error', () => this.#own.destroy());
      this.#own.on('close', () => {
        this.#isOver = true;
        resolve();
      });
    });
  }

  /** Each text when the program waits; `isWaiting` tells whether its first process sleeps. */
  startTyping(isWaiting: () => boolean): void {
    void this.#type(isWaiting);
  }

  async #type(isWaiting: () => boolean): Promise<void> {
    for (const text of this.#typed) {
      this.#lastMs = performance.now();
      while (!this.#isOver && !(performance.now() - this.#lastMs >= QUIET_MS && isWaiting()))
        await sleep(LOOK_AGAIN_MS);
      if (this.#isOver) return;
      this.#own.write(text);
    }
  }

  release(): void {
    this.#isOver = true;
  }
}
