import { isLibraryName, type LibraryWish } from '../../project/index.ts';
import { libraryInText } from '../c/libraries/known-libraries.ts';
import type { CompilePlan } from '../plan.ts';
import { CompileFailure } from './compile-failure.ts';
import { lackedOf } from './lacked.ts';

/** Each with what it names in its first group that matched. */
const SAID: readonly (readonly [LibraryWish['kind'], RegExp])[] = [
  [
    'header',
    /fatal error: '?([\w./+-]{1,120}\.(?:h|hpp|hh))'?:? (?:No such file or directory|file not found)/g,
  ],
  [
    'link',
    /cannot find -l:?([\w+.-]{1,100})|library (?:not found|'?)[ :]{0,4}-l([\w+.-]{1,100})|unable to find (?:dynamic|static) system library '([\w+.-]{1,100})'|could not find native static library `([\w+.-]{1,100})`|C? ?(?:shared or )?(?:static )?library '([\w+.-]{1,100})' not found/g,
  ],
  [
    'pkg-config',
    /Package ([\w+.-]{1,100}) was not found in the pkg-config search path|No package '([\w+.-]{1,100})' found|Package '([\w+.-]{1,100})', required by '[^'\n]{1,200}', not found|Dependency "([\w+.-]{1,100})" not found|ependency ([\w+.-]{1,100}) found: NO/g,
  ],
  [
    'cmake',
    /Could NOT find ([\w+.-]{1,100})|package configuration file provided by "([\w+.-]{1,100})"|Could not find a package configuration file .{1,40}"([\w+.-]{1,100})"/g,
  ],
];

/** A crate that does not find its library, or finds one that is not there. */
const OF_BUILD_SCRIPT = /failed to run custom build command for|linking with `|native static library/;

export interface FailureWishes {
  /** Libraries that the failure names. */
  readonly named: readonly LibraryWish[];
  /** What the build had asked for in vain until then, whether it can do without or not. */
  readonly asked: readonly LibraryWish[];
  /** Some crate's: which of them looked for what is not told. */
  readonly isOfCrates: boolean;
}

/** What a build that failed would have had. */
export function wishesOfFailure(error: unknown, plan: CompilePlan): FailureWishes {
  const failure = failureIn(error);
  const printed = failure?.printed ?? '';
  const named = SAID.flatMap(([kind, pattern]) =>
    [...printed.matchAll(pattern)].map((match) => ({
      kind,
      name: match.slice(1).find((group) => group !== undefined) ?? '',
    })),
  );
  return {
    named: unique([...named, ...ofDiagnosis(failure)]),
    asked: unique(lackedOf(plan).flatMap(lackedWish)),
    isOfCrates: OF_BUILD_SCRIPT.test(printed),
  };
}

function failureIn(error: unknown): CompileFailure | null {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof CompileFailure) return at;
  return null;
}

/** `configure: error: readline is required`. */
function ofDiagnosis(failure: CompileFailure | null): readonly LibraryWish[] {
  const { diagnosis } = failure ?? {};
  if (diagnosis == null || !['configure', 'cmake', 'meson'].includes(diagnosis.tool)) return [];
  const found = libraryInText(diagnosis.message)?.library;
  if (found === undefined) return [];
  return [
    ...found.modules.map((name) => ({ kind: 'pkg-config' as const, name })),
    ...found.link.map((name) => ({ kind: 'link' as const, name })),
  ];
}

/** `package zlib >= 1.2`, `library z`. */
export function lackedWish(line: string): readonly LibraryWish[] {
  const [, kind, name = ''] = /^(package|library) ([A-Za-z0-9][\w+.-]{0,100})(?:[ <>=!,]|$)/.exec(line) ?? [];
  if (kind === undefined) return [];
  return [{ kind: kind === 'package' ? 'pkg-config' : 'link', name }];
}

function unique(wishes: readonly LibraryWish[]): readonly LibraryWish[] {
  const sound = wishes.filter(({ name }) => isLibraryName(name));
  return [...new Map(sound.map((wish) => [`${wish.kind} ${wish.name}`, wish])).values()];
}
