import { compareDotted } from '../elf/index.ts';
import type { MinimumGlibc, VersionProblem } from './closure.ts';
import type { LoadOutcome } from './load.ts';
import type { LoadedObject } from './loaded-object.ts';

/** glibc's check before the start (elf/dl-version.c): each DT_VERNEED against DT_VERDEF of the library that answers. */
export function checkVersions(outcome: LoadOutcome): readonly VersionProblem[] {
  const problems: VersionProblem[] = [];
  for (const object of outcome.objects) {
    for (const { library, versions } of object.link.versionNeeds) {
      const provider = outcome.named(library);
      // A library without any version information is only warned of; a missing one is reported as missing.
      if (provider === undefined || provider.link.versionDefinitions.size === 0) continue;
      for (const { name, weak } of versions) {
        if (weak || provider.link.versionDefinitions.has(name)) continue;
        const message = `${provider.path}: version \`${name}' not found (required by ${object.path})`;
        problems.push({ version: name, library: provider.path, requiredBy: object.path, message });
      }
    }
  }
  return problems;
}

// glibc's own libraries need whatever their own version is: they come with it. GLIBC_PRIVATE ties them together.
const GLIBC_OWN =
  /^(?:ld(?:-linux.*|64)?\.so|lib(?:c|m|mvec|pthread|dl|rt|util|resolv|anl|nsl|BrokenLocale|thread_db|c_malloc_debug|memusage|pcprofile|nss_(?:files|dns|compat|db|hesiod))\.so)\b/;

/** The oldest glibc that has every version which the program and its libraries ask of it. */
export function minimumGlibc(outcome: LoadOutcome): MinimumGlibc | null {
  let minimum: MinimumGlibc | null = null;
  for (const object of outcome.objects) {
    if (isGlibcItself(object)) continue;
    const version = object.link.minimumGlibc;
    if (version === null || (minimum !== null && compareDotted(version, minimum.version) <= 0)) continue;
    minimum = { version, object: object.path };
  }
  return minimum;
}

function isGlibcItself(object: LoadedObject): boolean {
  return GLIBC_OWN.test(object.link.soname ?? '');
}
