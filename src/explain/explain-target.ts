import { basename } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { parsePlatform } from '../oci/index.ts';
import { openTree, parseLocation, type TreeLocation } from '../places/index.ts';
import { singleFileTree } from '../rootfs/index.ts';
import { explain } from './explain.ts';
import { type Explanation } from './explanation.ts';

export interface ExplainTargetOptions {
  /** Archive or OCI layout, with `:NAME` where it holds several images; root directory, or one executable. */
  readonly target?: string | undefined;
  readonly errorText?: string | undefined;
  /** What is started, where the target does not say (a root directory) or something else is. */
  readonly command?: readonly string[] | undefined;
  /** Of an index, the image for this platform, as `linux/arm64`. Default: this machine's. */
  readonly platform?: string | undefined;
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
  const location = parseLocation(target);
  if (location.kind !== 'file') return explainTree(location, options);
  const { path } = location;
  return explain({
    errorText,
    target: {
      tree: singleFileTree(path),
      config: null,
      file: path,
      command: command ?? [`/${basename(path)}`],
    },
  });
}

async function explainTree(
  location: TreeLocation,
  { errorText, command, platform: asked, signal }: ExplainTargetOptions,
): Promise<Explanation> {
  const platform = asked === undefined ? undefined : parsePlatform(asked);
  const { tree, config, image, close } = await openTree(location, { signal, platform });
  try {
    return await explain({ errorText, target: { tree, config, image, command } });
  } finally {
    close();
  }
}
