import { type BaseTree, openBaseTree } from '../base/index.ts';
import { imageTree, openImage } from '../oci/index.ts';
import { directoryTree } from '../rootfs/index.ts';
import { inspectFile } from './inspect-file.ts';
import { inspectTree } from './inspect-tree.ts';
import type { FileReport, TreeReport } from './report.ts';

export function inspectDirectory(path: string): TreeReport {
  return inspectTree(path, 'directory', directoryTree(path));
}

export async function inspectImage(path: string): Promise<TreeReport> {
  const image = await openImage(path);
  const tree = await imageTree(image);
  try {
    return inspectTree(path, 'image', tree);
  } finally {
    tree.close();
    image.close();
  }
}

/** One file, judged on the given bases too. */
export async function inspectOnBases(path: string, bases: readonly string[]): Promise<FileReport> {
  const opened: BaseTree[] = [];
  try {
    for (const base of bases) opened.push(await openBaseTree(base));
    const trees = opened.map((base) => base.tree);
    return inspectFile(path, trees);
  } finally {
    for (const base of opened) base.close();
  }
}
