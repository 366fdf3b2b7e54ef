import { MorselError } from '../core/errors.ts';
import { readElfLinkage } from '../elf/index.ts';
import type { FileTree } from '../rootfs/file-tree.ts';

/** Directories looked at; an image has some thousand. */
const DIRECTORY_LIMIT = 20_000;

/** Where a file of that name is in the tree, in words: `/opt/lib/libx.so.1 is there, for aarch64`; null when nowhere. */
export function findByName(tree: FileTree, name: string): string | null {
  const queue = ['/'];
  for (let index = 0; index < queue.length && index < DIRECTORY_LIMIT; index++) {
    const directory = queue[index] === '/' ? '' : (queue[index] ?? '');
    for (const entry of tree.list(queue[index] ?? '/')) {
      const path = `${directory}/${entry}`;
      if (entry === name && tree.resolve(path)?.entry.kind === 'file')
        return `${path} is there${machineOf(tree, path)}`;
      if (tree.lstat(path)?.kind === 'directory' && !/^\/(proc|sys|dev)$/.test(path)) queue.push(path);
    }
  }
  return null;
}

function machineOf(tree: FileTree, path: string): string {
  const source = tree.open(path);
  if (source === null) return '';
  try {
    return `, for ${readElfLinkage(source).machine}`;
  } catch (error) {
    if (error instanceof MorselError) return ', but is no ELF library';
    throw error;
  } finally {
    source.close();
  }
}
