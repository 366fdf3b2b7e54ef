import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { removeLeftBehind, hiddenPrefix } from '../../core/left-behind.ts';
import { makeDirectories } from '../../core/make-directories.ts';
import { temporaryPathBeside } from '../../core/output-file.ts';
import { statOrNull } from '../../core/stat-path.ts';
import { attempt, writeError } from '../../core/write-error.ts';
import { httpGet } from './http-get.ts';

const CHUNK_BYTES = 256 * 1024;
export const CACHE_HINT = 'choose another place for the cache with XDG_CACHE_HOME';

/** A file by what is in it. */
export interface WantedFile {
  readonly url: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** null: not known; then `limitBytes` bounds it. */
  readonly sizeBytes: number | null;
}

export interface StoreOptions {
  readonly offline: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The largest source tarball that is taken where nobody says how large it is: Linux has 140 MB, gcc 90 MB. */
export const TARBALL_LIMIT_BYTES = 512 * 1024 * 1024;

/** Files that were downloaded and verified, each under its digest. */
export class DownloadStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The path of the file with that digest: what is kept is verified again, what is damaged there is fetched again. Errors:
   * NETWORK, DIGEST_MISMATCH, LIMIT_EXCEEDED, DISK_FULL, WRITE_FAILED, INTERRUPTED.
   */
  async get(wanted: WantedFile, { offline, signal }: StoreOptions): Promise<string> {
    const path = join(this.#folder, wanted.sha256);
    if (isWhole(path, wanted)) return path;
    if (offline) throw notKept(wanted.url);
    makeDirectories(this.#folder, { hint: CACHE_HINT });
    removeLeftBehind(this.#folder, (prefix) => prefix === hiddenPrefix(wanted.sha256));
    const receiving = new Receiving(path, wanted);
    try {
      await httpGet(wanted.url, receiving, { limitBytes: wanted.sizeBytes ?? TARBALL_LIMIT_BYTES, signal });
      receiving.finish();
    } finally {
      receiving.close();
    }
    return path;
  }
}

function isWhole(path: string, { sha256, sizeBytes }: WantedFile): boolean {
  const stat = statOrNull(path);
  if (stat?.isFile() !== true || (sizeBytes !== null && stat.size !== sizeBytes)) return false;
  return sha256OfFile(path) === sha256;
}

/** In hexadecimal digits. */
export function sha256OfFile(path: string): string {
  const hash = createHash('sha256');
  const fd = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let got = readSync(fd, chunk); got > 0; got = readSync(fd, chunk))
      hash.update(chunk.subarray(0, got));
  } finally {
    closeSync(fd);
  }
  return hash.digest('hex');
}

/** A file that takes its place when it is whole and is what was asked for. */
class Receiving {
  readonly #path: string;
  readonly #wanted: WantedFile;
  readonly #aside: string;
  #fd: number | null = null;
  #hash: Hash = createHash('sha256');
  #sizeBytes = 0;
  #first: Buffer = Buffer.alloc(0);

  constructor(path: string, wanted: WantedFile) {
    this.#path = path;
    this.#wanted = wanted;
    this.#aside = temporaryPathBeside(path);
  }

  start(): void {
    this.close();
    this.#fd = attempt(this.#path, () => openSync(this.#aside, 'wx', 0o644), CACHE_HINT);
    this.#hash = createHash('sha256');
    this.#sizeBytes = 0;
  }

  take(piece: Uint8Array): void {
    const fd = this.#fd as number;
    if (this.#sizeBytes === 0) this.#first = Buffer.from(piece.subarray(0, 256));
    this.#hash.update(piece);
    this.#sizeBytes += piece.length;
    try {
      for (let done = 0; done < piece.length;) done += writeSync(fd, piece, done);
    } catch (cause) {
      throw writeError(this.#path, cause, CACHE_HINT);
    }
  }

  finish(): void {
    const { url, sha256, sizeBytes } = this.#wanted;
    const digest = this.#hash.digest('hex');
    if (digest !== sha256)
      throw mismatch(url, { digest, sha256, got: this.#sizeBytes, sizeBytes, first: this.#first });
    attempt(
      this.#path,
      () => {
        fsyncSync(this.#fd as number);
        renameSync(this.#aside, this.#path);
      },
      CACHE_HINT,
    );
  }

  /** What is not in place is removed. */
  close(): void {
    if (this.#fd === null) return;
    closeSync(this.#fd);
    this.#fd = null;
    rmSync(this.#aside, { force: true });
  }
}

interface Mismatch {
  readonly digest: string;
  readonly sha256: string;
  readonly got: number;
  readonly sizeBytes: number | null;
  readonly first: Buffer;
}

function mismatch(url: string, { digest, sha256, got, sizeBytes, first }: Mismatch): MorselError {
  const isPage = /^\s*<(?:!doctype|html|\?xml)/i.test(first.toString('latin1'));
  const what = isPage
    ? 'answers with a web page'
    : sizeBytes !== null && got < sizeBytes
      ? `ends after ${got} of ${sizeBytes} bytes`
      : `has the digest sha256:${digest}, not sha256:${sha256}`;
  return new MorselError('DIGEST_MISMATCH', `${url} ${what}`, {
    hint: 'the mirror, or something between here and it, gives other bytes: try again, or name another one with MORSEL_DEBIAN_MIRROR',
  });
}

function notKept(url: string): MorselError {
  return new MorselError('NETWORK', `--offline: ${url} was not downloaded before`, {
    hint: 'build once without --offline; what is downloaded is kept',
  });
}
