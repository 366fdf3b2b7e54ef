import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Command, formatCommand } from '../../core/command.ts';
import { attempt } from '../../core/write-error.ts';
import { CACHE_HINT } from '../sources/download-store.ts';

/** A build that prints without end does not fill the disk. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/** Everything that the commands of one build print, in a file that stays where the build fails. */
export class BuildLog {
  readonly path: string;
  #fd: number | null;
  #sizeBytes = 0;

  constructor(path: string) {
    this.path = path;
    this.#fd = attempt(
      path,
      () => {
        mkdirSync(dirname(path), { recursive: true });
        return openSync(path, 'w', 0o644);
      },
      CACHE_HINT,
    );
  }

  command(command: Command): void {
    this.output(`$ ${formatCommand(command)}\n`);
  }

  output(text: string): void {
    if (this.#fd === null || this.#sizeBytes > LIMIT_BYTES) return;
    try {
      this.#sizeBytes += writeSync(this.#fd, text);
    } catch {
      // A full disk is told of by what needs it more.
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  /** Nobody reads the log of a build that went well. */
  discard(): void {
    this.close();
    rmSync(this.path, { force: true });
  }
}
