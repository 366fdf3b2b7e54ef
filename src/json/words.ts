import * as v from 'valibot';
import { WORD_LIMIT_BYTES } from '../core/word-limit.ts';
import { fitsWord, withoutNul, WORDS_LIMIT } from './word-rules.ts';

/** What execve(2) takes: a NUL would end it, and hide what follows. */
export const word = v.pipe(
  v.string(),
  v.check(withoutNul, 'without a NUL character'),
  v.check(fitsWord, `shorter than ${WORD_LIMIT_BYTES} bytes`),
);

/** `checkValue` looks at the number before the elements: a hostile file has a million wrong ones. */
export function listOf<const Item extends v.GenericSchema>(item: Item, limit: number, what: string) {
  return v.pipe(v.array(item), v.maxLength(limit, `at most ${limit} ${what}`));
}

export const wordList = listOf(word, WORDS_LIMIT, 'words');
