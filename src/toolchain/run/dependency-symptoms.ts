import type { Symptom } from './language-symptoms.ts';
import { missingPackageHint, namedLibraryHint } from './missing-library.ts';

/** What pkg-config and pkgconf say of a package that is not there. */
export const NO_PACKAGE =
  /Package ([\w+.-]{1,200}) was not found in the pkg-config search path|No package '([\w+.-]{1,200})' found|Package '([\w+.-]{1,200})', required by '[^'\n]{1,200}', not found/;

/** What configure, CMake and Meson say of a library that is not there, in words of their own. */
export const DEPENDENCY_SYMPTOMS: readonly Symptom[] = [
  {
    pattern: NO_PACKAGE,
    hint: (match) => missingPackageHint(match[1] ?? match[2] ?? match[3] ?? ''),
  },
  {
    pattern: /Dependency "([\w+.-]{1,200})" not found/,
    hint: (match) => missingPackageHint(match[1] ?? ''),
  },
  {
    // Of a wrap that would be cloned: the dependency is the last that was looked for.
    pattern:
      /ependency ([\w+.-]{1,200}) found: NO[^\n]{0,200}\n(?:Looking for a fallback [^\n]{0,300}\n)?\n?[^\n]{0,400}ERROR: (?:Automatic wrap-based|Subproject )/,
    hint: (match) => missingPackageHint(match[1] ?? ''),
  },
  {
    pattern: /Could not resolve host/,
    hint: () =>
      'the build wants to fetch something and nothing can be fetched here: put it beside the sources, or install what it stands for',
    hopeless: true,
  },
  {
    pattern: /CMake Error [^\n]{1,400}\n {2}Could NOT find ([\w+.-]{1,100})/,
    hint: (match) => namedLibraryHint(match[1] ?? ''),
  },
  {
    pattern: /configure: error: ([^\n]{1,400})/,
    hint: (match) => namedLibraryHint(match[1] ?? ''),
  },
];
