import * as v from 'valibot';
import { LIBRARY_NAME, LIBRARY_NAME_WORDS } from './library-name.ts';
import type { WrittenSettings } from './morsel-json.ts';
import { described, listOf, word, wordList, WORDS_LIMIT } from '../../json/index.ts';

const library = v.pipe(word, v.regex(LIBRARY_NAME, LIBRARY_NAME_WORDS));

const std = v.pipe(
  v.string(),
  v.regex(/^(?:c|gnu|iso9899:)(?:\+\+)?[0-9][0-9a-z]{1,5}$/, 'a standard as after -std=, such as "c17"'),
);

const folder = v.pipe(word, v.nonEmpty());

/** Cargo's manifest reference, "The features section": what a name may hold; `crate/feature` and `dep?/feature` too. */
const feature = v.pipe(word, v.regex(/^[\p{L}\p{N}_][\p{L}\p{N}_+.:/?-]{0,255}$/u, 'the name of a feature'));

/** `go help buildconstraint`: letters, digits, underscores and dots. */
const tag = v.pipe(word, v.regex(/^[\p{L}\p{N}_][\p{L}\p{N}_.]{0,255}$/u, 'one build tag, such as "netgo"'));

/** `WITH_X`, `CMAKE_X:BOOL`, `sub:option`. */
const definitionName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_.+:-]{0,255}$/, 'a name as after -D'),
);
const definitions = v.pipe(
  v.record(definitionName, v.union([word, v.number(), v.boolean()])),
  v.maxEntries(WORDS_LIMIT, `at most ${WORDS_LIMIT} names`),
);

/** What can be said for all rungs, and for single ones. */
export const settingsEntries = {
  c: described(
    v.strictObject({
      link: described(listOf(library, WORDS_LIMIT, 'libraries'), 'Libraries, as after -l.'),
      cflags: described(wordList, 'Flags of the compiler.'),
      ldflags: described(wordList, 'Flags for linking.'),
      includes: described(
        listOf(folder, WORDS_LIMIT, 'folders'),
        'Folders of headers: absolute, or below the project.',
      ),
      std: described(std, 'The standard: c17, gnu++20.'),
    }),
    'For C and C++: a single file, and CFLAGS, LDFLAGS and LIBS of build systems.',
  ),
  configure: described(wordList, 'Arguments of configure.'),
  make: described(wordList, 'Words of make: variables, targets, -f FILE, -C FOLDER.'),
  cmake: described(
    v.union([wordList, definitions]),
    'Arguments of the configuration by cmake; an object NAME: VALUE is -DNAME=VALUE.',
  ),
  meson: described(
    v.union([wordList, definitions]),
    'Arguments of meson setup; an object NAME: VALUE is -DNAME=VALUE.',
  ),
  cargo: described(
    v.strictObject({
      features: described(listOf(feature, WORDS_LIMIT, 'features'), 'Features to turn on.'),
      defaultFeatures: described(v.boolean(), 'false: --no-default-features.'),
    }),
    'For Rust.',
  ),
  go: described(
    v.strictObject({
      tags: described(listOf(tag, WORDS_LIMIT, 'tags'), 'Build tags.'),
      ldflags: described(wordList, 'Added to morsel\'s own -ldflags: ["-X main.version=1.2"].'),
    }),
    'For Go.',
  ),
} satisfies Record<keyof WrittenSettings, v.GenericSchema>;

/** The same as an object, for a rung. */
export const rungSettings = v.strictObject(settingsEntries);
