/** Cuts a stream of chunks as its reader wants them. */
export class ChunkReader {
  offset = 0;
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#chunks =
      Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]();
  }

  /** The next bytes, at least one and at most `limit`; null at the end. */
  async next(limit = Number.MAX_SAFE_INTEGER): Promise<Buffer | null> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done === true) return null;
      this.#rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    const chunk = this.#rest.subarray(0, limit);
    this.#rest = this.#rest.subarray(chunk.length);
    this.offset += chunk.length;
    return chunk;
  }

  /** `length` bytes that are here already; null where `take` must wait for them. A promise for each header is dear. */
  takeNow(length: number): Buffer | null {
    if (this.#rest.length < length) return null;
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    this.offset += length;
    return taken;
  }

  /** Lets go of what the stream has open. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** `length` bytes in one piece; fewer only at the end of the stream. */
  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let left = length;
    while (left > 0) {
      const chunk = await this.next(left);
      if (chunk === null) break;
      parts.push(chunk);
      left -= chunk.length;
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }
}
