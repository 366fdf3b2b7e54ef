import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BuildOptions, BuildResult } from '../../index.ts';
import { MorselError } from '../../core/errors.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../core/temporary-folder.ts';
import { isDiskFull } from '../../core/write-error.ts';
import { isTerminal } from '../text/terminal.ts';

/** `-o -` */
export const STDOUT = '-';

/** Asked before anything is compiled. Error: USAGE. */
export function checkStdout(
  flags: {
    readonly plan?: boolean;
    readonly debugTwin?: boolean;
    readonly debugTools?: readonly string[];
  },
  isToLoad: boolean,
): void {
  if (flags.debugTwin === true || flags.debugTools !== undefined) {
    throw new MorselError('USAGE', 'a debug twin lies beside its image, and -o - writes no file', {
      hint: 'leave out one of them, or give -o FILE.tar',
    });
  }
  if (isToLoad) {
    throw new MorselError('USAGE', '--load takes the image from a file, and -o - writes none', {
      hint: 'leave out one of them: morsel build -o - | docker load',
    });
  }
  if (flags.plan === true || !isTerminal(1)) return;
  throw new MorselError('USAGE', 'an archive is not written to a terminal', {
    hint: 'let stdout go to a file or a program: morsel build -o - | docker load',
  });
}

/**
 * Builds, and writes the archive to stdout when it is proven: of a build that fails nothing is written. No evidence is kept,
 * since there is no place beside it. Errors: those of `build`; WRITE_FAILED and DISK_FULL where stdout does not take all of it.
 */
export async function buildToStdout(
  build: (options: BuildOptions) => Promise<BuildResult>,
  options: BuildOptions,
): Promise<BuildResult> {
  const folder = makeTemporaryFolder('stdout');
  try {
    const output = join(folder, 'image.tar');
    const result = await build({ ...options, output, evidence: false });
    await copyToStdout(output);
    return { ...result, image: { ...result.image, path: STDOUT } };
  } finally {
    removeTemporaryFolder(folder);
  }
}

/** Unlike a report, an archive that its reader did not take to the end is a failure. */
async function copyToStdout(path: string): Promise<void> {
  try {
    await pipeline(createReadStream(path), process.stdout, { end: false });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new MorselError(
      isDiskFull(code) ? 'DISK_FULL' : 'WRITE_FAILED',
      `stdout did not take the whole archive (${code})`,
      { cause, hint: 'let stdout go to another place, or give -o FILE.tar' },
    );
  }
}
