import { existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { defaultOutputPlace, outputPlace } from '../../core/output-place.ts';
import { attempt } from '../../core/write-error.ts';
import type { Platform } from '../../oci/index.ts';
import type { WrittenImage } from '../../places/index.ts';
import type { BuildRequest } from '../request/build-request.ts';
import type { Staging } from './staging.ts';

/**
 * Where the output is to be put, links followed: what is there already must be something that a build may replace or add
 * to; asked before anything is compiled. `isNamed`: by the user, with `-o`. Error: WRITE_FAILED.
 */
export function placeOutput(
  { kind, path: given }: BuildRequest['output'],
  isNamed: boolean,
): BuildRequest['output'] {
  const path = isNamed ? outputPlace(given) : defaultOutputPlace(given);
  const stat = attempt(path, () => statSync(path, { throwIfNoEntry: false }));
  if (stat !== undefined && kind === 'layout') checkLayout(path, stat);
  if (stat !== undefined && kind === 'archive' && !stat.isFile()) {
    throw refused(
      `${path} is a directory`,
      `write -o ${path}/ for an OCI layout, or give the name of a file`,
    );
  }
  return { kind, path };
}

function checkLayout(path: string, stat: Stats): void {
  if (!stat.isDirectory())
    throw refused(`${path} is a file, not a directory`, 'leave the slash out for an archive');
  const isEmpty = attempt(path, () => readdirSync(path)).length === 0;
  if (!isEmpty && !existsSync(join(path, 'oci-layout')))
    throw refused(
      `${path} is neither empty nor an OCI layout`,
      'give another directory with -o, or empty this one',
    );
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
