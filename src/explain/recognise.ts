import type { TextValues } from './cause-row.ts';
import type { CauseName } from './causes/index.ts';
import type { ErrorPattern } from './patterns/error-pattern.ts';
import { PATTERN_GROUPS } from './patterns/index.ts';

/** An error text is some lines; of a whole log only so much of the end is read. Characters. */
const TEXT_LIMIT = 64 * 1024;
/**
 * Characters. The patterns have `\S+: ` and the like, which V8 tries from each place to each other: so many take it some
 * milliseconds, a hundred times as many take minutes. Nearly all texts are shorter, and for them it need not be loaded.
 */
const BACKTRACKING_LIMIT = 500;
/** Characters of a name taken from a text: PATH_MAX. */
const VALUE_LIMIT = 4096;

export interface Recognised {
  readonly recognised: readonly string[];
  /** Names of causes, the most likely first. */
  readonly causes: readonly CauseName[];
  readonly values: TextValues;
}

/** The first group that knows the text wins; its causes in the order of its patterns. */
export async function recognise(errorText: string): Promise<Recognised> {
  const text = errorText.slice(-TEXT_LIMIT);
  const search = await searchFor(text);
  for (const group of PATTERN_GROUPS) {
    const matches = group.flatMap((pattern) => {
      const groups = search(pattern.match);
      return groups === null ? [] : [{ pattern, values: valuesOf(groups) }];
    });
    if (matches.length > 0) return recognisedBy(matches);
  }
  return { recognised: [], causes: [], values: { text: '' } };
}

function recognisedBy(
  matches: readonly { readonly pattern: ErrorPattern; readonly values: TextValues }[],
): Recognised {
  return {
    recognised: matches.map(({ pattern }) => pattern.name),
    causes: [...new Set(matches.flatMap(({ pattern }) => pattern.causes))],
    values: Object.assign({ text: '' }, ...matches.map(({ values }) => values).reverse()) as TextValues,
  };
}

type NamedGroups = Readonly<Record<string, string | undefined>>;

/** The named groups of a pattern's first match in the text; null where there is none. */
async function searchFor(text: string): Promise<(pattern: RegExp) => NamedGroups | null> {
  if (text.length <= BACKTRACKING_LIMIT) {
    return (pattern) => {
      const match = pattern.exec(text);
      return match === null ? null : (match.groups ?? {});
    };
  }
  const { RE2JS } = await import('re2js');
  return (pattern) => {
    const linear = RE2JS.compile(RE2JS.translateRegExp(pattern));
    // Whether it matches at all is known ten times sooner than where.
    const match = linear.test(text) ? linear.exec(text) : null;
    return match === null ? null : ((match as { readonly groups?: NamedGroups }).groups ?? {});
  };
}

/** `path2` is `path` in another branch of the pattern. */
function valuesOf(groups: NamedGroups): TextValues {
  const found = Object.entries(groups).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(
    found.map(([name, value]) => [name.replace(/\d$/, ''), value.slice(0, VALUE_LIMIT)]),
  );
}
