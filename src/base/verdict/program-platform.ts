import { machineNamed, MACHINES } from '../../core/machines.ts';
import type { ElfFacts } from '../../elf/index.ts';
import type { Base } from '../known/base.ts';

/** What kernels of one architecture execute beside their own programs, by its OCI name (`executes` of the machines). */
const KERNELS_OF: Readonly<Record<string, string>> = { '386': 'amd64', arm: 'arm64' };

/** The image of a base that a program goes on. */
export interface ImageFor {
  /** `386`, `arm/v7`; null: there is none for this program. */
  readonly platform: string | null;
  /** It is for the 64-bit machine, whose kernel runs the program: nothing in it is. */
  readonly isOfKernel: boolean;
}

/** OCI's architecture of a program: `386`; null for a machine that has no word there. */
export function architectureOf({ machine }: ElfFacts): string | null {
  const known = machineNamed(machine);
  return known === null ? null : (MACHINES[known].oci?.architecture ?? null);
}

/** Which image of the base it is judged on; `scratch` has one for every platform. */
export function imageFor(facts: ElfFacts, { platforms }: Pick<Base, 'platforms'>): ImageFor {
  const architecture = architectureOf(facts);
  const wanted = platformsOf(facts, architecture);
  if (platforms === null) return { platform: wanted[0] ?? null, isOfKernel: false };
  const own = wanted.find((platform) => platforms.includes(platform));
  if (own !== undefined) return { platform: own, isOfKernel: false };
  const kernel = architecture === null ? undefined : KERNELS_OF[architecture];
  return kernel !== undefined && platforms.includes(kernel)
    ? { platform: kernel, isOfKernel: true }
    : { platform: null, isOfKernel: false };
}

/** Of ARM by what its loader says of floating point: the older images have no hardware for it (image-spec, variants). */
function platformsOf({ interpreter }: ElfFacts, architecture: string | null): readonly string[] {
  if (architecture === null) return [];
  if (architecture !== 'arm') return [architecture];
  if (interpreter === null) return ['arm/v7', 'arm/v6', 'arm/v5'];
  if (/ld-linux-armhf/.test(interpreter)) return ['arm/v7'];
  return /armhf/.test(interpreter) ? ['arm/v7', 'arm/v6'] : ['arm/v5'];
}
