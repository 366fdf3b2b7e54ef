import type { Duplex } from 'node:stream';

/** A program that asks more often than this in one check attacks who answers. */
export const QUESTIONS_LIMIT = 5_000;

/** How much a program may ask of one service; what it has open there. */
export class ServiceLimit {
  #left = QUESTIONS_LIMIT;
  readonly #open = new Set<Duplex>();
  readonly #close: () => void;

  /** @param close called when it has asked too much: nobody listens then. */
  constructor(close: () => void) {
    this.#close = close;
  }

  get isExceeded(): boolean {
    return this.#left < 0;
  }

  /** One more; false where it was too much. */
  take(): boolean {
    if (this.isExceeded) return false;
    this.#left -= 1;
    if (this.isExceeded) this.#close();
    return !this.isExceeded;
  }

  /** Closed with the rest. */
  closes(connection: Duplex): void {
    this.#open.add(connection);
    connection.once('close', () => this.#open.delete(connection));
  }

  closeAll(): void {
    for (const connection of this.#open) connection.destroy();
  }
}
