import { MorselError } from '../../core/errors.ts';
import type { ElfFacts } from '../../elf/index.ts';
import { formatPlatform, type Platform } from '../../oci/index.ts';
import { platformOf } from '../plan/plan-config.ts';
import type { BuildRequest } from '../request/build-request.ts';

type Asked = Pick<BuildRequest, 'project' | 'platform' | 'platforms' | 'platformsBy'>;

/**
 * What the image of a program is for. Bytes do not say the variant of ARM that their compiler was told, so that it is
 * taken from the request, for which they were compiled.
 */
export function platformOfImage({ project, platform, platformsBy }: Asked, facts: ElfFacts): Platform {
  const own = platformOf(facts);
  const isAsked = project.kind !== 'binary' || platformsBy !== null;
  return isAsked && own.architecture === platform.architecture ? platform : own;
}

/**
 * A program for another machine than was asked for. Errors: COMPILE_FAILED, which is no reason to try another platform;
 * USAGE for a ready executable.
 */
export function refuseOtherPlatform(
  { project, platform, platforms, platformsBy }: Asked,
  facts: ElfFacts,
): void {
  if (platformsBy === null) return;
  const own = platformOf(facts);
  if (own.architecture === platform.architecture && (project.kind !== 'binary' || platforms.length === 1))
    return;
  const asked = (project.kind === 'binary' ? platforms : [platform]).map(formatPlatform).join(', ');
  const message = `${facts.path} is a program for ${formatPlatform(own)}, and ${platformsBy} asks for ${asked}`;
  if (project.kind === 'binary')
    throw new MorselError('USAGE', message, {
      hint: 'leave out --platform: the image of a ready program is for the machine that it is for',
    });
  throw new MorselError('COMPILE_FAILED', message, {
    hint: 'the build calls a compiler by a name of its own: let it take CC, or the build system’s variable for it',
  });
}
