import { glibcVersionOf, type VersionNeed } from '../elf/index.ts';
import type { MinimumGlibc, VersionProblem } from './closure.ts';
import { glibcRank } from './glibc-rank.ts';
import type { LinkFacts } from './link-facts.ts';
import type { LoadOutcome } from './load.ts';
import type { LoadedObject } from './loaded-object.ts';

/** glibc's check before the start (elf/dl-version.c): each DT_VERNEED against DT_VERDEF of the library that answers. */
export function checkVersions(outcome: LoadOutcome): readonly VersionProblem[] {
  const problems: VersionProblem[] = [];
  for (const object of outcome.objects) {
    for (const need of object.link.versionNeeds) {
      const provider = outcome.named(need.library);
      if (provider === undefined) continue;
      for (const version of lackingVersions(need, provider.link)) {
        const message = `${provider.path}: version \`${version}' not found (required by ${object.path})`;
        problems.push({ version, library: provider.path, requiredBy: object.path, message });
      }
    }
  }
  return problems;
}

/** Two files have the same answer in each program that loads both. */
const known = new WeakMap<VersionNeed, WeakMap<LinkFacts, readonly string[]>>();

function lackingVersions(need: VersionNeed, provider: LinkFacts): readonly string[] {
  let ofNeed = known.get(need);
  if (ofNeed === undefined) known.set(need, (ofNeed = new WeakMap()));
  let lacking = ofNeed.get(provider);
  if (lacking === undefined) {
    const { versionDefinitions } = provider;
    // A library without any version information is only warned of.
    const isLacking =
      versionDefinitions.size > 0
        ? ({ name, weak }: VersionNeed['versions'][number]) => !weak && !versionDefinitions.has(name)
        : () => false;
    lacking = need.versions.filter(isLacking).map(({ name }) => name);
    ofNeed.set(provider, lacking);
  }
  return lacking;
}

// glibc's own libraries need whatever their own version is: they come with it. GLIBC_PRIVATE ties them together.
const GLIBC_OWN =
  /^(?:ld(?:-linux.*|64)?\.so|lib(?:c|m|mvec|pthread|dl|rt|util|resolv|anl|nsl|BrokenLocale|thread_db|c_malloc_debug|memusage|pcprofile|nss_(?:files|dns|compat|db|hesiod))\.so)\b/;

/** The oldest glibc that has every version which the program and its libraries ask of it. */
export function minimumGlibc(outcome: LoadOutcome): MinimumGlibc | null {
  let minimum: LoadedObject | null = null;
  let rank = -1;
  for (const object of outcome.objects) {
    const { highestGlibc } = object.link;
    const own = highestGlibc === null ? -1 : glibcRank(highestGlibc);
    if (own <= rank || isGlibcItself(object)) continue;
    rank = own;
    minimum = object;
  }
  const version = glibcVersionOf(minimum?.link.highestGlibc ?? '');
  return minimum === null || version === null ? null : { version, object: minimum.path };
}

function isGlibcItself(object: LoadedObject): boolean {
  return GLIBC_OWN.test(object.link.soname ?? '');
}
