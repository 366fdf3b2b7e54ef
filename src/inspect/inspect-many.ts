import { type BaseTree, openBaseTree } from '../base/index.ts';
import { type ImageTree, imageTree } from '../layers/index.ts';
import { openImage } from '../places/index.ts';
import { directoryTree } from '../rootfs/index.ts';
import { inspectFile } from './inspect-file.ts';
import { inspectTree } from './inspect-tree.ts';
import type { FileReport, TreeReport } from './report.ts';

export async function inspectDirectory(path: string, signal?: AbortSignal): Promise<TreeReport> {
  return inspectTree(path, 'directory', directoryTree(path), signal);
}

export async function inspectImage(path: string, signal?: AbortSignal): Promise<TreeReport> {
  const image = await openImage(path, { signal });
  let tree: ImageTree | undefined;
  try {
    tree = await imageTree(image, signal);
    return await inspectTree(path, 'image', tree, signal);
  } finally {
    tree?.close();
    image.close();
  }
}

/** One file, judged on the given bases too. */
export async function inspectOnBases(
  path: string,
  bases: readonly string[],
  signal?: AbortSignal,
): Promise<FileReport> {
  const opened: BaseTree[] = [];
  try {
    for (const base of bases) opened.push(await openBaseTree(base, signal));
    const trees = opened.map((base) => base.tree);
    return inspectFile(path, trees);
  } finally {
    for (const base of opened) base.close();
  }
}
