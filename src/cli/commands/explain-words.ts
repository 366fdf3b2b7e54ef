/** What `morsel explain` was given, taken apart. */
export interface ExplainWords {
  readonly target: string | undefined;
  /** `-` is the text on stdin. */
  readonly texts: readonly string[];
}

/** An archive by its name: no error text ends so, and a wrong name must be said, not read as one. */
const ARCHIVE_NAME = /^\S+\.(tar|tgz|tar\.(gz|zst))$/;

/**
 * Which word is the image and which the error. A word that names a file is the target; so is one that can only be a
 * path. Words that were not quoted (`morsel explain exec /app: no such file or directory`) are one text.
 */
export function splitExplainWords(words: readonly string[], exists: (path: string) => boolean): ExplainWords {
  const [only] = words;
  const isTarget = (word: string): boolean =>
    word !== '-' && (exists(word) || ARCHIVE_NAME.test(word) || (words.length === 1 && isPath(only ?? '')));
  const target = words.find(isTarget);
  const rest = words.filter((word) => word !== target);
  const isUnquoted = rest.length > 1 && rest.every((word) => word !== '-' && !/\s/.test(word));
  return { target, texts: isUnquoted ? [rest.join(' ')] : rest };
}

function isPath(word: string): boolean {
  return /^\.{0,2}\/\S*[^\s:]$/.test(word);
}
