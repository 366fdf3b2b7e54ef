import type { WrittenImage } from '../places/index.ts';
import type { MadeImage } from './perform/attempt.ts';
import type { Staging } from './perform/staging.ts';
import type { BuildRequest } from './request/build-request.ts';

/** What goes beside the image. */
export interface BesidePlaces {
  /** Of each platform, in their order; [] where it is kept in no file. */
  readonly evidence: readonly string[];
  /** null: none was asked for. */
  readonly twin: BuildRequest['output'] | null;
}

/** Written before the image is published: without the twin that was asked for there is no image. */
export async function debugTwinOf(
  request: BuildRequest,
  winner: MadeImage,
  staging: Staging,
): Promise<WrittenImage | null> {
  if (request.debugTwin === null) return null;
  const { writeDebugTwin } = await import('./perform/write-debug-twin.ts');
  return writeDebugTwin(request, request.debugTwin, winner, staging);
}
