import { defaultRepository, REPOSITORY_VARIABLE } from '../../core/default-repository.ts';
import { writeFileAtomically } from '../../core/write-file-atomically.ts';
import { MorselError } from '../../core/errors.ts';
import type { BuildResult } from '../../index.ts';
import type { CommandContext } from './command-context.ts';

interface PushFlags {
  readonly tag?: readonly string[];
  readonly output?: string;
  readonly push?: boolean;
  readonly imageRefs?: string;
}

/** Error: USAGE, before anything is compiled. */
export function checkImageRefs({ imageRefs, push }: PushFlags): void {
  if (imageRefs === undefined || push === true) return;
  throw new MorselError('USAGE', '--image-refs takes what --push has pushed, and nothing is pushed', {
    hint: 'give --push too, or leave out --image-refs',
  });
}

/**
 * Before anything is compiled: whether there are names that registries take is known; which they are, when the name of the
 * program is. Error: USAGE.
 */
export async function pushTargetsOf({
  tag = [],
  output,
}: PushFlags): Promise<(built: BuildResult) => Promise<readonly string[]>> {
  const { pushTargets, targetsBelow } = await import('../../index.ts');
  const repository = defaultRepository();
  if (output === '-' || (tag.length === 0 && repository === '')) {
    throw new MorselError('USAGE', '--push needs a name to push to, and an image that stays', {
      hint: `give -t REGISTRY/NAME:TAG, or set ${REPOSITORY_VARIABLE}=REGISTRY/NAME, and no -o -`,
    });
  }
  if (tag.length > 0) {
    const targets = await pushTargets('', tag);
    return async () => targets;
  }
  await targetsBelow(repository, ['name']);
  return ({ references }) => targetsBelow(repository, references);
}

/**
 * The names, with the digest, under which the image is in registries now; they are kept where `--image-refs` says. Errors:
 * those of `copy`; WRITE_FAILED, DISK_FULL.
 */
export async function pushBuilt(
  targets: readonly string[],
  { image, references }: BuildResult,
  { imageRefs }: PushFlags,
  { signal }: CommandContext,
): Promise<readonly string[]> {
  const { copyToEach } = await import('../../index.ts');
  const [name] = references;
  const source = image.kind === 'layout' && name !== undefined ? `oci:${image.path}:${name}` : image.path;
  const pushed = await copyToEach(source, targets, { signal });
  if (imageRefs !== undefined) writeImageRefs(imageRefs, pushed);
  return pushed;
}

/** One a line, as ko writes it: the old file or the new one is there. Errors: WRITE_FAILED, DISK_FULL. */
export function writeImageRefs(path: string, pushed: readonly string[]): void {
  writeFileAtomically(path, pushed.map((name) => `${name}\n`).join(''));
}
