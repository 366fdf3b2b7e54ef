import { existsSync, type Stats, statSync } from 'node:fs';
import { MorselError } from '../../core/errors.ts';
import { defaultOutputPlace, outputFilePlace, outputPlace } from '../../core/output-place.ts';
import { writeFileAtomically } from '../../core/write-file-atomically.ts';
import { attempt } from '../../core/write-error.ts';
import { evidencePaths } from '../request/output-location.ts';
import { besideImage, holdsLayout, type WrittenImage } from '../../places/index.ts';
import type { BuildRequest } from '../request/build-request.ts';
import { debugTwinPlace } from '../request/debug-twin.ts';
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
  holdsLayout(path);
}

function refused(message: string, hint: string): MorselError {
  return new MorselError('WRITE_FAILED', message, { hint });
}

/** Where the debug twin of an image goes. Error: WRITE_FAILED. */
export function placeDebugTwin(output: BuildRequest['output']): BuildRequest['output'] {
  return placeOutput(debugTwinPlace(output), true);
}

/** Where the evidence of an archive goes, for each platform; [] where it is not kept in a file. Error: WRITE_FAILED. */
export function placeEvidence({
  evidence,
  output,
  platforms,
}: Pick<BuildRequest, 'evidence' | 'output' | 'platforms'>): readonly string[] {
  if (!evidence || output.kind !== 'archive') return [];
  return evidencePaths(output, platforms).map((path) => outputFilePlace(defaultOutputPlace(path)));
}

/**
 * Puts the image of the winning rung at its place, and its evidence beside it; a layout that is there already keeps its
 * other images. All is written and synced before the first of it is renamed.
 */
export async function publishOutput(
  { output, signal }: Pick<BuildRequest, 'output' | 'signal'>,
  staging: Staging,
  written: WrittenImage,
  evidence: Buffer | null,
): Promise<void> {
  if (output.kind === 'archive') return publishArchive(output, staging, written, evidence);
  const { attachEvidence, publishIntoLayout } = await import('./publish-into-layout.ts');
  if (existsSync(output.path)) return publishIntoLayout(written, output.path, evidence, signal);
  await attachEvidence(written.path, written.manifest, evidence, signal);
  staging.publish(written.path, output.path);
}

function publishArchive(
  output: BuildRequest['output'],
  staging: Staging,
  written: WrittenImage,
  evidence: Buffer | null,
): void {
  const aside = staging.path('evidence.json');
  if (evidence !== null) writeFileAtomically(aside, evidence);
  staging.publish(written.path, output.path);
  if (evidence !== null) staging.publish(aside, besideImage(output, 'evidence'));
}
