import { MorselError } from '../../core/errors.ts';
import { didYouMean } from '../../json/index.ts';
import { type AskedNeeds, NEED_NAMES, type NeedKey, SUPPLIED_NEEDS } from '../../needs/index.ts';

/** What the user has decided about needs, whatever the bytes of the program say. */
export interface NeedChoices {
  /** Each with how it was asked for. */
  readonly asked: AskedNeeds;
  readonly leftOut: readonly NeedKey[];
}

/** The command line and `morsel.json` together; an authority is put into a bundle. Error: USAGE. */
export function needChoices(
  asked: readonly string[],
  leftOut: readonly string[],
  authorities: readonly string[] = [],
): NeedChoices {
  const without = leftOut.map((name) => parseNeed('without', name, NEED_NAMES));
  const all = new Map<NeedKey, string>();
  for (const name of asked) all.set(parseNeed('with', name, SUPPLIED_NEEDS), `--with ${name}`);
  if (authorities.length > 0) all.set('ca-certificates', `--ca ${authorities.join('; ')}`);
  for (const need of without) {
    const how = all.get(need);
    if (how !== undefined)
      throw new MorselError('USAGE', `${how} asks for what --without ${need} leaves out`, {
        hint: 'leave out one of them',
      });
  }
  return { asked: all, leftOut: [...new Set(without)].sort() };
}

function parseNeed(flag: 'with' | 'without', name: string, known: readonly NeedKey[]): NeedKey {
  const need = known.find((one) => one === name);
  if (need !== undefined) return need;
  const isKnown = NEED_NAMES.some((one) => one === name);
  const meant = didYouMean(name, known);
  const what = isKnown
    ? `--${flag} ${name}: morsel has no files for it`
    : `--${flag} ${JSON.stringify(name)}: there is no such need`;
  throw new MorselError('USAGE', what, {
    hint: isKnown
      ? 'add what the program is to find there: --add SRC:DST'
      : meant === null
        ? `one of: ${known.join(', ')}`
        : `did you mean ${meant}? morsel inspect PROGRAM shows what a program needs`,
  });
}
