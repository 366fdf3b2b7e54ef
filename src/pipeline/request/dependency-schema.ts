import * as v from 'valibot';
import { described, word, wordList } from '../../json/index.ts';

/** More than any program has. */
export const DEPENDENCIES_LIMIT = 100;

const name = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9+._-]{0,100}$/, 'the name of a library in lower case, such as "ncurses"'),
);

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits in lower case'));

const source = v.pipe(word, v.nonEmpty());

/** An element of `dependencies`. */
export const dependency = v.union([
  name,
  v.strictObject({
    name,
    source: described(
      source,
      'debian:NAME (a source package), a URL with sha256, or a path below the project.',
    ),
    sha256: described(sha256, 'Of the file that the URL has.'),
    configure: described(wordList, 'Words for its configure, or for cmake or make.'),
  }),
]);
