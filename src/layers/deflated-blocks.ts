import { createHash } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { hiddenPrefix, removeLeftBehind } from '../core/left-behind.ts';
import { temporaryPathBeside } from '../core/output-file.ts';
import { readSmallFile } from '../core/read-small-file.ts';

/** More than a layer whose compression somebody waits for; beyond, nothing is kept. */
const LIMIT_BYTES = 64 * 1024 * 1024;
const MAGIC = Buffer.from('morsel blocks 1\n');
const HASH_BYTES = 32;
const HEADER_BYTES = HASH_BYTES + 4;

/**
 * The blocks of a project's last layer as they were compressed: an edit of a program changes few of them, and to compress the
 * others again takes longer than to write, unpack and run it. One file: a magic, for each block its key, its length (32 bit,
 * big endian) and its bytes, and the SHA-256 of all that. A file that is not whole is as none.
 */
export class DeflatedBlocks {
  readonly #path: string;
  readonly #known: ReadonlyMap<string, Buffer>;
  readonly #used = new Map<string, Buffer>();

  constructor(path: string) {
    this.#path = path;
    this.#known = readBlocks(path);
  }

  /** What `make` makes of a block, made before or now. `key` says all that the result depends on. */
  async get(key: Buffer, make: () => Promise<Buffer>): Promise<Buffer> {
    const name = key.toString('hex');
    const bytes = this.#known.get(name) ?? (await make());
    this.#used.set(name, bytes);
    return bytes;
  }

  /** Those that were asked for take the place of what was there; that it cannot be written hurts nobody. */
  save(): void {
    if ([...this.#used.keys()].every((name) => this.#known.has(name))) return;
    const parts = [...this.#used].flatMap(([name, bytes]) => {
      const header = Buffer.alloc(HEADER_BYTES);
      header.write(name, 'hex');
      header.writeUInt32BE(bytes.length, HASH_BYTES);
      return [header, bytes];
    });
    const content = Buffer.concat([MAGIC, ...parts]);
    if (content.length > LIMIT_BYTES) return;
    const prefix = hiddenPrefix(basename(this.#path));
    removeLeftBehind(dirname(this.#path), (found) => found === prefix);
    const aside = temporaryPathBeside(this.#path);
    try {
      // Not synced: what a power cut leaves of it is not whole.
      writeFileSync(aside, Buffer.concat([content, sha256(content)]), { flag: 'wx', mode: 0o600 });
      renameSync(aside, this.#path);
    } catch {
      rmSync(aside, { force: true });
    }
  }
}

function readBlocks(path: string): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  const file = fileOf(path);
  if (file === null) return found;
  const content = file.subarray(0, -HASH_BYTES);
  const isWhole =
    content.subarray(0, MAGIC.length).equals(MAGIC) && sha256(content).equals(file.subarray(-HASH_BYTES));
  for (let at = MAGIC.length; isWhole && at + HEADER_BYTES <= content.length;) {
    const end = at + HEADER_BYTES + content.readUInt32BE(at + HASH_BYTES);
    found.set(content.toString('hex', at, at + HASH_BYTES), content.subarray(at + HEADER_BYTES, end));
    at = end;
  }
  return found;
}

function fileOf(path: string): Buffer | null {
  try {
    return readSmallFile(path, LIMIT_BYTES + HASH_BYTES);
  } catch {
    return null;
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
