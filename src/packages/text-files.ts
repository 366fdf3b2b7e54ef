import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import type { FileTree } from '../rootfs/index.ts';

/** Of all lists and databases of a tree together, each read whole; Alpine's one grows with the packages. */
const DATABASES_LIMIT_BYTES = 64 * 1024 * 1024;

/** A database that says to hold more packages than all distributions together lies; what is beyond is as absent. */
export const PACKAGES_LIMIT = 200_000;

/** Reads a text of a tree: '' for what is absent or cannot be read. */
export type TextReader = (path: string) => string;

/** Texts of package databases are a tree's own and may lie: what is beyond the limit, of all together, is as absent. */
export function textReader(tree: FileTree, limitBytes = DATABASES_LIMIT_BYTES): TextReader {
  let leftBytes = limitBytes;
  const read = (source: ByteSource): string => {
    if (source.sizeBytes > leftBytes) return '';
    leftBytes -= source.sizeBytes;
    return source.read(0, source.sizeBytes).toString('utf8');
  };
  return (path) => {
    try {
      const source = tree.open(path);
      if (source === null) return '';
      try {
        return read(source);
      } finally {
        source.close();
      }
    } catch (error) {
      if (error instanceof MorselError) return '';
      throw error;
    }
  };
}

/** Line by line, without an array of them all: a database may have millions. Of several empty lines in a row the first. */
export function* linesOf(text: string): Generator<string, void, undefined> {
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    yield text.slice(start, end);
    start = end === start ? afterFeeds(text, end) : end + 1;
  }
}

/** Stanzas stand between empty lines (deb822(5)). */
export function* stanzasOf(text: string): Generator<string, void, undefined> {
  for (let start = afterFeeds(text, 0); start < text.length;) {
    const feeds = text.indexOf('\n\n', start);
    const end = feeds < 0 ? text.length : feeds;
    yield text.slice(start, end);
    start = afterFeeds(text, end);
  }
}

const FEED = 10;

function afterFeeds(text: string, start: number): number {
  let after = start;
  while (text.charCodeAt(after) === FEED) after += 1;
  return after;
}
