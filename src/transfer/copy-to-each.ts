import { copyBetween, type CopyBetweenOptions } from './copy-between.ts';

/**
 * One image to several places, one after the other: what the first has of a registry, the next need not send. Answers with
 * each place and the digest there, `ghcr.io/me/hello:1@sha256:…`. Errors: those of `copy`.
 */
export async function copyToEach(
  from: string,
  places: readonly string[],
  options: CopyBetweenOptions = {},
): Promise<readonly string[]> {
  const copied: string[] = [];
  for (const place of places) {
    const { destination, digest } = await copyBetween(from, place, options);
    copied.push(`${destination}@${digest}`);
  }
  return copied;
}
