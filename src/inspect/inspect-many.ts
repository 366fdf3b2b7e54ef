import { basename } from 'node:path';
import { type BaseTree, judgeTree, openBaseTree } from '../base/index.ts';
import { openTree, type TreeLocation } from '../places/index.ts';

import { inspectFile } from './inspect-file.ts';
import { inspectTree } from './inspect-tree.ts';
import type { FileReport, TreeReport } from './report.ts';

/** Every file of a directory or an image; `text` is what the report calls it. */
export async function inspectMany(
  text: string,
  location: TreeLocation,
  signal?: AbortSignal,
): Promise<TreeReport> {
  const { tree, close } = await openTree(location, signal);
  try {
    return await inspectTree(text, location.kind === 'root' ? 'directory' : 'image', tree, signal);
  } finally {
    close();
  }
}

/** One file, judged on the given bases too, by its own loader's search: as if it were put into their root. */
export async function inspectOnBases(
  path: string,
  bases: readonly string[],
  signal?: AbortSignal,
): Promise<FileReport> {
  const opened: BaseTree[] = [];
  try {
    for (const base of bases) opened.push(await openBaseTree(base, signal));
    const trees = opened.map((base) => base.tree);
    return inspectFile(path, (program) =>
      trees.map((tree) => judgeTree({ ...program, tree, path: `/${basename(path)}` })),
    );
  } finally {
    for (const base of opened) base.close();
  }
}
