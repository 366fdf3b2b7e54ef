import type { Cpu } from './cpu.ts';
import type { LdSoProfile } from './ld-so-profile.ts';

/** Legacy capability names whose combinations are directories: 2^n of them, so glibc has few. */
const LEGACY_NAME_LIMIT = 6;

/**
 * Subdirectories that ld.so tries in each directory of its search, in order, each with a trailing slash; the last is
 * the directory itself (''). elf/dl-hwcaps.c, _dl_important_hwcaps.
 */
export function hwcapsSubdirectories(profile: LdSoProfile, cpu: Cpu): readonly string[] {
  let ofProfile = known.get(profile);
  if (ofProfile === undefined) known.set(profile, (ofProfile = new WeakMap()));
  let subdirectories = ofProfile.get(cpu);
  if (subdirectories === undefined) ofProfile.set(cpu, (subdirectories = findSubdirectories(profile, cpu)));
  return subdirectories;
}

/** The same for all programs of a session, and dear enough to be kept. */
const known = new WeakMap<LdSoProfile, WeakMap<Cpu, readonly string[]>>();

function findSubdirectories(profile: LdSoProfile, cpu: Cpu): readonly string[] {
  const named = profile.glibcHwcaps
    ? cpu.hwcaps.filter((name) => profile.knownHwcaps.includes(name)).map((name) => `glibc-hwcaps/${name}/`)
    : [];
  return [...new Set([...named, ...(profile.legacyHwcaps ? legacyCombinations(cpu) : []), ''])];
}

/** The power set of {tls, AT_PLATFORM, AT_HWCAP names}, longest first: bit n of a counter is the n-th name. */
function legacyCombinations(cpu: Cpu): readonly string[] {
  const platform = cpu.platform === null ? [] : [cpu.platform];
  const names = [...cpu.legacyHwcaps, ...platform, 'tls'].slice(-LEGACY_NAME_LIMIT);
  const combinations: string[] = [];
  for (let bits = 2 ** names.length - 1; bits >= 0; bits -= 1) {
    const chosen = names.filter((_, n) => (bits & (1 << n)) !== 0).reverse();
    combinations.push(chosen.map((name) => `${name}/`).join(''));
  }
  return combinations;
}
