import type { NeedContext } from './signature.ts';

/** The directories of the tz database in which cities are; `Etc` holds offsets, and the rest are old names. */
const AREAS = /(?:A(?:frica|merica|ntarctica|sia|tlantic|ustralia)|Europe|Indian|Pacific)\//g;

/** A program that names more has a table of them (ICU, PHP, Java's mapping of Windows' names), and means none. */
const ZONES_LIMIT = 8;

/** The C string is the name. */
const WHOLE = /^[A-Z][a-z]+(?:\/[A-Za-z_+-]{2,32}){1,2}$/;
/** Where literals stand side by side, a capital after a small letter begins the next. */
const BEGINNING = /^[A-Z][a-z]+(?:\/[A-Z][a-z]+(?:[_-](?:[A-Z][a-z]+|[a-z]{2,3}(?=[_-])))*){1,2}/;

/**
 * Names of time zones among the constants of a program: of C and C++ as whole strings, of Go and Rust as a beginning, of
 * which whoever has the database takes as much as there is. Empty where there are none, or a table of them.
 */
export function zoneLiterals({ textsFrom, program }: NeedContext): readonly string[] {
  const isDelimited = program.go === null && !program.languages.includes('rust');
  const zones = textsFrom(AREAS).flatMap(({ text, isWhole }) => {
    if (isWhole && WHOLE.test(text)) return [text];
    return isDelimited ? [] : (BEGINNING.exec(text)?.slice(0, 1) ?? []);
  });
  const named = new Set(zones);
  return named.size > ZONES_LIMIT ? [] : [...named].sort();
}

/** The longest beginning that names a file: `Asia/Tokyounknown` in a Go program is Asia/Tokyo. */
export function zoneWithin(text: string, isZone: (zone: string) => boolean): string | null {
  for (let length = text.length; length > text.indexOf('/') + 2; length -= 1) {
    const zone = text.slice(0, length);
    if (isZone(zone)) return zone;
  }
  return null;
}
