import { MorselError } from '../../core/errors.ts';

/** A name below /usr/share/zoneinfo: a POSIX rule such as `<+03>-3` has no file that could be packed. */
export function parseTimeZone(text: string | null): string | null {
  if (text === null || /^[A-Za-z][\w+-]*(?:\/[\w+-]+){0,2}$/.test(text)) return text;
  throw new MorselError('USAGE', `"${text}" is not the name of a time zone`, {
    hint: 'give one such as Europe/Berlin; a rule such as CET-1CEST is set with --env TZ=…',
  });
}
