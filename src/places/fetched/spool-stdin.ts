import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { isatty } from 'node:tty';
import { MorselError } from '../../core/errors.ts';
import { writeError } from '../../core/write-error.ts';

const PRIVATE = 0o600;

/** All of stdin, to a file. Errors: USAGE where it is a terminal; WRITE_FAILED, DISK_FULL, INTERRUPTED. */
export async function spoolStdin(path: string, signal: AbortSignal | undefined): Promise<void> {
  if (isatty(0))
    throw new MorselError('USAGE', '- is an archive by stdin, and stdin is a terminal', {
      hint: 'send one: docker save NAME | morsel inspect -',
    });
  try {
    await pipeline(process.stdin, createWriteStream(path, { mode: PRIVATE }), { signal });
  } catch (cause) {
    if (signal?.aborted === true)
      throw new MorselError('INTERRUPTED', 'interrupted while stdin was read', { hint: 'start it again' });
    throw writeError(path, cause, 'set TMPDIR to a folder that has space');
  }
}
