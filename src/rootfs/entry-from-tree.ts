import type { ByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { CHANGING_FILES_HINT, CHECK_PATH_HINT } from '../core/hints.ts';
import type { FileTree } from './file-tree.ts';
import type { LayerFile } from './layer-entry.ts';

/**
 * One file of a tree, links followed, as a file of a layer; opened only when the layer is written. Errors: NOT_FOUND;
 * UNREADABLE where it is no regular file, and on opening where it has gone meanwhile.
 */
export function entryFromTree(
  tree: FileTree,
  source: string,
  path: string,
  { reason, mode }: { readonly reason: string; readonly mode: number },
): LayerFile {
  const found = tree.resolve(source);
  if (found === null)
    throw new MorselError('NOT_FOUND', `${source}: no such file or directory`, { hint: CHECK_PATH_HINT });
  if (found.entry.kind !== 'file')
    throw new MorselError('UNREADABLE', `${source} is not a regular file`, { hint: 'give a regular file' });
  const { sizeBytes } = found.entry;
  return { kind: 'file', path, mode, sizeBytes, reason, open: () => openInTree(tree, found.path) };
}

/** Error: UNREADABLE where the file has gone since it was seen. */
export function openInTree(tree: FileTree, path: string): ByteSource {
  const source = tree.open(path);
  if (source !== null) return source;
  throw new MorselError('UNREADABLE', `${path} has disappeared from ${tree.name}`, {
    hint: CHANGING_FILES_HINT,
  });
}
