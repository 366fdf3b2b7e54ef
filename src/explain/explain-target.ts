import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { CHECK_PATH_HINT } from '../core/hints.ts';
import { explain } from './explain.ts';
import { type Explanation } from './explanation.ts';
import { type ImageTree, imageTree } from '../layers/index.ts';
import { openImage, looksLikeArchive } from '../places/index.ts';
import { directoryTree, singleFileTree } from '../rootfs/index.ts';

export interface ExplainTargetOptions {
  /** Archive, OCI layout, root directory, or one executable. */
  readonly target?: string | undefined;
  readonly errorText?: string | undefined;
  /** What is started, where the target does not say (a root directory) or something else is. */
  readonly command?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Why a container does not start. With a target alone: what will go wrong; with a text alone: its possible causes;
 * with both: which one it is. Errors: USAGE with neither, NOT_FOUND, and those of reading an image.
 */
export async function explainTarget(options: ExplainTargetOptions): Promise<Explanation> {
  const { target, errorText, command } = options;
  if (target === undefined) {
    if (errorText === undefined)
      throw new MorselError('USAGE', 'nothing to explain', { hint: 'give an image, an error text, or both' });
    return explain({ errorText });
  }
  if (!existsSync(target))
    throw new MorselError('NOT_FOUND', `${target}: no such file or directory`, { hint: CHECK_PATH_HINT });
  const isDirectory = statSync(target).isDirectory();
  if (isDirectory ? existsSync(join(target, 'oci-layout')) : looksLikeArchive(target))
    return explainImage(target, options);
  if (isDirectory)
    return explain({ errorText, target: { tree: directoryTree(target), config: null, command } });
  return explain({
    errorText,
    target: { tree: singleFileTree(target), config: null, command: command ?? [`/${basename(target)}`] },
  });
}

async function explainImage(
  path: string,
  { errorText, command, signal }: ExplainTargetOptions,
): Promise<Explanation> {
  const image = await openImage(path, { signal });
  let tree: ImageTree | undefined;
  try {
    tree = await imageTree(image, signal);
    return await explain({ errorText, target: { tree, config: image.config, command } });
  } finally {
    tree?.close();
    image.close();
  }
}
