import { ofPart } from '../core/of-part.ts';
import { encodeEvidence } from '../evidence/index.ts';
import { formatPlatform, hostPlatform, matchesPlatform, sha256Digest } from '../oci/index.ts';
import type { WrittenImage } from '../places/index.ts';
import { type BesidePlaces, debugTwinOf } from './beside-image.ts';
import type { BuildResult, PlatformResult } from './build-result.ts';
import { type Climb, climbLadder } from './climb-ladder.ts';
import { enforce } from './enforce.ts';
import { evidenceOf } from './evidence-of.ts';
import { type PlatformOutput, publishIndex } from './perform/publish-index.ts';
import type { Staging } from './perform/staging.ts';
import type { BuildRequest } from './request/build-request.ts';
import { debugTwinReferences } from './request/debug-twin.ts';
import { resultOf } from './result-of.ts';

// In a file of its own, so that a build for one platform does not load it.

/** A platform whose image is written and may be published. */
interface BuiltPlatform {
  readonly output: PlatformOutput;
  readonly result: PlatformResult;
  /** null: none was asked for. */
  readonly twin: WrittenImage | null;
}

/**
 * One build for each platform, one after the other: a compiler takes all processors. Then one index of them all is published,
 * or nothing where one of them fails, as of docker buildx. Errors: those of a build, each with its platform.
 */
export async function buildPlatforms(
  request: BuildRequest,
  places: BesidePlaces,
  staging: Staging,
): Promise<BuildResult> {
  const built: BuiltPlatform[] = [];
  for (const [index, platform] of request.platforms.entries()) {
    const name = formatPlatform(platform);
    const own = staging.inside(name.replaceAll('/', '_'));
    request.onEvent({
      kind: 'platform-started',
      platform: name,
      number: index + 1,
      platforms: request.platforms.length,
    });
    const evidencePlace = places.evidence[index] ?? null;
    built.push(
      await buildPlatform({ ...request, platform }, own, evidencePlace).catch(
        ofPart(name, { platform: name }),
      ),
    );
  }
  const index = await publishIndex(
    request,
    built.map(({ output }) => output),
    staging,
  );
  const twin = await publishTwins(request, places.twin, built, staging);
  const results = built.map(({ result }) => result) as [PlatformResult, ...PlatformResult[]];
  const { path } = request.output;
  const sizeBytes = results.reduce((sum, { size }) => sum + size.compressedBytes, 0);
  request.onEvent({ kind: 'written', path, sizeBytes });
  return {
    reference: `${request.name}@${index.digest}`,
    references: request.references,
    ...mainOf(request, results),
    digest: index.digest,
    platform: results.map(({ platform }) => platform).join(','),
    image: request.output,
    loaded: null,
    pushed: [],
    debugTwin: twin,
    platforms: results,
  };
}

async function buildPlatform(
  request: BuildRequest,
  staging: Staging,
  evidencePlace: string | null,
): Promise<BuiltPlatform> {
  const climb: Climb = await climbLadder(request, staging);
  const { winner } = climb;
  enforce(request, winner);
  const bytes = request.evidence ? encodeEvidence(evidenceOf(climb)) : null;
  const twin = await debugTwinOf(request, winner, staging);
  const evidence = bytes === null ? null : { bytes, path: evidencePlace };
  const kept = bytes === null ? null : { digest: sha256Digest(bytes), path: evidencePlace };
  return {
    output: { platform: winner.plan.platform, written: winner.written, evidence },
    result: resultOf(climb, kept),
    twin,
  };
}

/** Of this machine, or the first. */
function mainOf(
  { platforms }: BuildRequest,
  results: readonly [PlatformResult, ...PlatformResult[]],
): PlatformResult {
  const host = hostPlatform();
  return results[platforms.findIndex((platform) => matchesPlatform(host, platform))] ?? results[0];
}

async function publishTwins(
  request: BuildRequest,
  place: BuildRequest['output'] | null,
  built: readonly BuiltPlatform[],
  staging: Staging,
): Promise<BuildResult['debugTwin']> {
  const twins = built.flatMap(({ output: { platform }, twin }) =>
    twin === null ? [] : [{ platform, written: twin, evidence: null }],
  );
  const [first] = twins;
  if (place === null || first === undefined) return null;
  const references = debugTwinReferences(request.references, request.output);
  const { digest } = await publishIndex({ ...request, output: place, references }, twins, staging);
  return { path: place.path, references, digest, size: first.written.size };
}
