import { MorselError } from '../../core/errors.ts';
import { machineOfArchitecture, MACHINES } from '../../core/machines.ts';
import { formatPlatform, hostPlatform, parsePlatform, type Platform } from '../../oci/index.ts';
import type { Project } from '../../project/index.ts';
import { platformOfEnvironment } from './environment-platform.ts';

/** What `all` stands for: those that Debian and the images of Docker's library are made for, and nothing rarer. */
export const ALL_PLATFORMS = [
  'linux/amd64',
  'linux/arm64',
  'linux/arm/v7',
  'linux/riscv64',
  'linux/ppc64le',
  'linux/s390x',
  'linux/386',
] as const;

/** More would be the same machines again. */
const PLATFORMS_LIMIT = 32;

/** What the program is compiled for, and who has said so. */
export interface ChosenPlatforms {
  /** Each once, in the order in which they were given. */
  readonly platforms: readonly [Platform, ...Platform[]];
  /** `--platform`, or a variable of the environment, as `GOARCH=arm64`; null: nobody has said anything. */
  readonly by: string | null;
}

/**
 * `--platform` wins over the environment, and that over this machine's own. A ready executable is for what it is for:
 * `platform` of its image comes from its bytes. Error: USAGE.
 */
export function choosePlatforms(
  asked: readonly string[] | undefined,
  project: Project,
  environment: Readonly<Record<string, string | undefined>>,
): ChosenPlatforms {
  if (asked !== undefined) return { platforms: forProject(project, parsePlatforms(asked)), by: '--platform' };
  const named = platformOfEnvironment(project, environment);
  return named === null
    ? { platforms: [hostPlatform()], by: null }
    : { platforms: forProject(project, [buildPlatform(named.platform)]), by: named.by };
}

type Platforms = ChosenPlatforms['platforms'];

/** Compilers of C and Rust are asked for ARMv7, which distributions' libraries are made for. Error: USAGE. */
function forProject(project: Project, platforms: Platforms): Platforms {
  const old = platforms.find(({ variant }) => variant === 'v5' || variant === 'v6');
  if (old !== undefined && (project.kind === 'c' || project.kind === 'rust'))
    throw new MorselError(
      'USAGE',
      `${formatPlatform(old)} cannot be built: only Go is compiled for it here`,
      {
        hint: 'ask for linux/arm/v7',
      },
    );
  return platforms;
}

/** `linux/amd64,linux/arm64`, or `all`; each word of a list may have commas. Error: USAGE. */
export function parsePlatforms(texts: readonly string[]): Platforms {
  const words = texts.flatMap((text) => text.split(',').map((word) => word.trim()));
  const named = words.flatMap((word) => (word === 'all' ? ALL_PLATFORMS : [word]));
  const platforms = named.map((word) => buildPlatform(parsePlatform(word)));
  const [first, ...more] = [...new Map(platforms.map((one) => [formatPlatform(one), one])).values()];
  if (first === undefined)
    throw new MorselError('USAGE', 'no platform is named', { hint: 'write it as linux/amd64,linux/arm64' });
  if (more.length < PLATFORMS_LIMIT) return [first, ...more];
  throw new MorselError('LIMIT_EXCEEDED', `an image is built for at most ${PLATFORMS_LIMIT} platforms`, {
    hint: 'build some of them apart',
  });
}

/** ARM's that GOARM has; without one, v7 is meant (containerd's platforms, "Normalization"). */
const ARM_VARIANTS = ['v5', 'v6', 'v7'];

/** One that programs can be built for here, in the words that its image will have. Error: USAGE. */
function buildPlatform(platform: Platform): Platform {
  const { os, architecture, variant = '' } = platform;
  const machine = machineOfArchitecture(architecture);
  if (os !== 'linux' || machine === null || MACHINES[machine].oci === undefined)
    throw refused(platform, os === 'linux' ? 'no such architecture is known' : 'images are built for Linux');
  if (architecture === 'arm') {
    const known = variant === '' ? 'v7' : variant;
    if (!ARM_VARIANTS.includes(known)) throw refused(platform, `arm has ${ARM_VARIANTS.join(', ')}`);
    return { os, architecture, variant: known };
  }
  // The one of arm64 is written or left out.
  if (variant !== '' && !(architecture === 'arm64' && variant === 'v8'))
    throw refused(platform, `there is no ${variant} of ${architecture} to build for`);
  return { os, architecture };
}

function refused(platform: Platform, why: string): MorselError {
  return new MorselError('USAGE', `${formatPlatform(platform)} cannot be built: ${why}`, {
    hint: `platforms are ${ALL_PLATFORMS.join(', ')}, and all for these`,
  });
}
