import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import type { Platform, WrittenImage } from '../oci/index.ts';
import type { BuildRequest } from './build-request.ts';
import type { Staging } from './staging.ts';

/**
 * What is at the output's place already must be something that a build may replace or add to; asked before anything is
 * compiled. A device is refused because rename(2) would put a file in the place of /dev/null. Error: WRITE_FAILED.
 */
export function checkOutput({ kind, path }: BuildRequest['output']): void {
  const stat = look(path, () => statSync(path, { throwIfNoEntry: false }));
  if (stat === undefined) return;
  if (kind === 'archive') {
    if (stat.isFile()) return;
    throw stat.isDirectory()
      ? refused(`${path} is a directory`, `write -o ${path}/ for an OCI layout, or give the name of a file`)
      : refused(`${path} is not a regular file`, 'an archive is renamed into place: give the name of a file');
  }
  if (!stat.isDirectory())
    throw refused(`${path} is a file, not a directory`, 'leave the slash out for an archive');
  const isEmpty = look(path, () => readdirSync(path)).length === 0;
  if (!isEmpty && !existsSync(join(path, 'oci-layout')))
    throw refused(
      `${path} is neither empty nor an OCI layout`,
      'give another directory with -o, or empty this one',
    );
}

function look<T>(path: string, ask: () => T): T {
  try {
    return ask();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new MorselError('WRITE_FAILED', `${path} cannot be looked at (${code})`, {
      cause,
      hint: 'choose another place with -o',
    });
  }
}

function refused(message: string, hint: string): MorselError {
  return new MorselError('WRITE_FAILED', message, { hint });
}

/** Puts the image of the winning rung at its place; a layout that is there already keeps its other images. */
export async function publishOutput(
  { output, signal }: Pick<BuildRequest, 'output' | 'signal'>,
  staging: Staging,
  written: WrittenImage,
  platform: Platform,
): Promise<void> {
  if (output.kind !== 'layout' || !existsSync(output.path)) return staging.publish(written.path, output.path);
  const { publishIntoLayout } = await import('./publish-into-layout.ts');
  await publishIntoLayout(written, output.path, { platform, signal });
}
