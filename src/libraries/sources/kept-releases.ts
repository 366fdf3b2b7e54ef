import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { makeDirectories } from '../../core/make-directories.ts';
import { readSmallFile } from '../../core/read-small-file.ts';
import { writeFileAtomically } from '../../core/write-file-atomically.ts';
import { CACHE_HINT } from './download-store.ts';

const LIMIT_BYTES = 4 * 1024 * 1024;

/** The Release files that were read last, with their signatures, for builds without a network. */
export class KeptReleases {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  keep(suite: string, archive: string, signed: Buffer): void {
    makeDirectories(this.#folder, { hint: CACHE_HINT });
    writeFileAtomically(this.#path(suite, archive), signed);
  }

  /** It is verified by who reads it, as if it came from the mirror. Error: NETWORK. */
  read(suite: string, archive: string): Buffer {
    const signed = readSmallFile(this.#path(suite, archive), LIMIT_BYTES);
    if (signed !== null) return signed;
    throw new MorselError('NETWORK', `--offline: the index of ${suite} was not downloaded before`, {
      hint: 'build once without --offline; what is downloaded is kept',
    });
  }

  #path(suite: string, archive: string): string {
    const mirror = createHash('sha256').update(archive).digest('hex').slice(0, 12);
    return join(this.#folder, `${suite}-${mirror}`);
  }
}
