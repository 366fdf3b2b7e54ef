import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { didYouMean } from '../json/index.ts';
import { type OpenImageOptions, openTree, type OpenTree, parseTreeLocation } from '../places/index.ts';

const CHUNK_BYTES = 1024 * 1024;
type Tree = OpenTree['tree'];

/**
 * The bytes of one file of an image, all layers applied, links followed inside of it. A path without `/` before it is meant
 * from there, as `docker cp` takes it. Errors: NOT_FOUND where no file is, USAGE for a directory, UNSUPPORTED for a device,
 * those of reading an image.
 */
export async function* readImageFile(
  place: string,
  path: string,
  options: OpenImageOptions = {},
): AsyncGenerator<Buffer, void, undefined> {
  const { tree, close } = await openTree(parseTreeLocation(place), options);
  try {
    const source = openFile(tree, place, path.startsWith('/') ? path : `/${path}`);
    try {
      for (let at = 0; at < source.sizeBytes; at += CHUNK_BYTES) {
        yield source.read(at, Math.min(CHUNK_BYTES, source.sizeBytes - at));
        await nextTurn();
      }
    } finally {
      source.close();
    }
  } finally {
    close();
  }
}

function openFile(tree: Tree, place: string, path: string): ByteSource {
  const found = tree.resolve(path);
  if (found === null) throw absent(tree, place, path);
  if (found.entry.kind === 'directory')
    throw new MorselError('USAGE', `${path} is a directory of ${place}`, {
      hint: `name a file of it; what is in it: morsel inspect --files ${place}`,
    });
  const source = tree.open(path);
  if (source !== null) return source;
  throw new MorselError('UNSUPPORTED', `${path} of ${place} is a device, a socket or a pipe`, {
    hint: 'name a regular file',
  });
}

/** A link that leads nowhere is there, and what it names is not. */
function absent(tree: Tree, place: string, path: string): MorselError {
  const link = tree.lstat(path);
  if (link?.kind === 'symlink')
    return new MorselError('NOT_FOUND', `${path} of ${place} is a link to ${link.target}, where nothing is`, {
      hint: `look at what is there: morsel inspect --files ${place}`,
    });
  const meant = nearest(tree, path);
  return new MorselError('NOT_FOUND', `${place} has no ${path}`, {
    hint:
      meant === null ? `look at what is there: morsel inspect --files ${place}` : `did you mean ${meant}?`,
  });
}

/** Along the path, the first name that is not there, by the names that are; null where none is like it. */
function nearest(tree: Tree, path: string): string | null {
  let directory = '';
  const names = path.split('/').filter((name) => name !== '');
  for (const [at, name] of names.entries()) {
    const here = `${directory}/${name}`;
    if (tree.resolve(here) === null) {
      const like = didYouMean(name, tree.list(directory === '' ? '/' : directory));
      if (like === null) return null;
      const whole = [directory, like, ...names.slice(at + 1)].join('/');
      return tree.resolve(whole) === null ? `${directory}/${like}` : whole;
    }
    directory = here;
  }
  return null;
}
