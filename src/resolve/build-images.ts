import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { ignoreEvents } from '../core/events.ts';
import { ofPart } from '../core/of-part.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/temporary-folder.ts';
import { build, type BuildOptions } from '../pipeline/index.ts';
import { copyToEach, targetsBelow } from '../transfer/index.ts';
import type { ImageReference } from './find-references.ts';

/** What of `build` holds for all paths; the rest is each project's own, in its morsel.json. */
export type ResolveBuildOptions = Pick<
  BuildOptions,
  | 'platforms'
  | 'size'
  | 'prove'
  | 'requireProof'
  | 'sandbox'
  | 'sandboxBuild'
  | 'offline'
  | 'timeoutSeconds'
  | 'signal'
  | 'onEvent'
>;

export interface BuildImagesOptions {
  /** `ghcr.io/me`: what images without a registry in their name are pushed below. */
  readonly repository: string;
  readonly insecure: boolean;
  readonly build: ResolveBuildOptions;
}

/** A path of the documents, and what it has become. */
export interface ResolvedImage {
  /** As it is written first. */
  readonly path: string;
  /** Names in registries, each with its digest; the first is the one in the documents. */
  readonly references: readonly [string, ...string[]];
}

/**
 * Each path is built and pushed once, however often and however it is written. Answers by the path as it is written.
 * Errors: NOT_FOUND before anything is built; those of `build` and `copy`, with the path; USAGE where two are called the same.
 */
export async function buildImages(
  references: readonly ImageReference[],
  options: BuildImagesOptions,
): Promise<ReadonlyMap<string, ResolvedImage>> {
  const places = new Map(references.map(({ path, where }) => [path, placeOf(path, where)]));
  const distinct = new Map([...places].reverse().map(([path, place]) => [place, path]));
  const folder = makeTemporaryFolder('resolve');
  const built = new Map<string, ResolvedImage>();
  const owners = new Map<string, string>();
  const { onEvent = ignoreEvents } = options.build;
  try {
    for (const [place, path] of [...distinct].reverse()) {
      const number = built.size + 1;
      if (distinct.size > 1) onEvent({ kind: 'path-started', path, number, paths: distinct.size });
      const archive = join(folder, `${number}.tar`);
      built.set(
        place,
        await buildImage({ path, place, archive, owners }, options).catch(
          ofPart(`morsel://${path}`, { path }),
        ),
      );
    }
  } finally {
    removeTemporaryFolder(folder);
  }
  return new Map(
    [...places].flatMap(([path, place]) => {
      const image = built.get(place);
      return image === undefined ? [] : [[path, image] as const];
    }),
  );
}

function placeOf(path: string, where: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new MorselError('NOT_FOUND', `${where}: ${path} ${problem}`, {
      cause,
      hint: `paths are taken from the current directory, ${process.cwd()}`,
    });
  }
}

interface OneImage {
  readonly path: string;
  readonly place: string;
  readonly archive: string;
  /** By what is pushed, which path has it. */
  readonly owners: Map<string, string>;
}

async function buildImage(
  { path, place, archive, owners }: OneImage,
  { repository, insecure, build: settings }: BuildImagesOptions,
): Promise<ResolvedImage> {
  const made = await build({ ...settings, path: place, output: archive, evidence: false });
  const targets = targetsBelow(repository, made.references);
  for (const target of targets) {
    const owner = owners.get(target);
    if (owner !== undefined) throw sameName(target, owner);
    owners.set(target, path);
  }
  const pushed = await copyToEach(made.image.path, targets, { insecure, signal: settings.signal });
  const [first, ...others] = pushed;
  if (first === undefined) throw new TypeError('an image has a name');
  return { path, references: [first, ...others] };
}

/** The second would take the tag, and registries remove what has none. */
function sameName(target: string, owner: string): MorselError {
  return new MorselError('USAGE', `it would be pushed as ${target}, as ${owner} is`, {
    hint: 'give one of them another name: "tags" of its morsel.json',
  });
}
