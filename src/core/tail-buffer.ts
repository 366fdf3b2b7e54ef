/** The last bytes of a stream that may print without end: never more than twice the limit in memory, however small its pieces are. */
export class TailBuffer {
  #bytes: Buffer;
  #size = 0;
  #dropped = 0;
  readonly #limit: number;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
    this.#bytes = Buffer.allocUnsafe(Math.min(limitBytes, FIRST_BYTES));
  }

  /** Bytes that came before what is kept. */
  get droppedBytes(): number {
    return this.#dropped + Math.max(0, this.#size - this.#limit);
  }

  push(chunk: Uint8Array): void {
    const kept = chunk.length > this.#limit ? chunk.subarray(chunk.length - this.#limit) : chunk;
    this.#dropped += chunk.length - kept.length;
    if (this.#size + kept.length > this.#bytes.length) this.#makeRoom(kept.length);
    this.#bytes.set(kept, this.#size);
    this.#size += kept.length;
  }

  text(): string {
    return this.#bytes.toString('utf8', Math.max(0, this.#size - this.#limit), this.#size);
  }

  /** Twice the limit lets each byte be moved about once. */
  #makeRoom(wanted: number): void {
    if (this.#size + wanted <= 2 * this.#limit) {
      const capacity = Math.min(2 * this.#limit, 2 * (this.#size + wanted));
      const larger = Buffer.allocUnsafe(capacity);
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
      return;
    }
    const start = this.#size - Math.min(this.#size, this.#limit);
    this.#bytes.copy(this.#bytes, 0, start, this.#size);
    this.#dropped += start;
    this.#size -= start;
    if (this.#size + wanted > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * this.#limit);
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
  }
}

const FIRST_BYTES = 4 * 1024;
