import type { FileTree } from '../rootfs/file-tree.ts';

/** Values read from the bytes or the request: `{ openssldir: '/usr/lib/ssl' }`, `{ zone: 'Europe/Paris' }`. */
export type NeedDetails = Readonly<Record<string, string>>;

/**
 * Where the files of a need are, best first. Supply takes the first that the build machine has, `explain` and the
 * verdicts on bases look for any. Without details, what stands for all: `Europe/Paris`, `xterm`.
 */
export type Places = (details: NeedDetails) => readonly string[];

export const isFile = (tree: FileTree, path: string): boolean => tree.resolve(path)?.entry.kind === 'file';

export const firstFile = (tree: FileTree, paths: readonly string[]): string | null =>
  paths.find((path) => isFile(tree, path)) ?? null;
