import { basename } from 'node:path';
import { type BaseTree, judgeTree, openBaseTree } from '../base/index.ts';
import { type ImageConfig, parseEnvironment, parsePlatform } from '../oci/index.ts';
import { openTree, type TreeLocation } from '../places/index.ts';
import { type FileTree, type IdLookup, lookUpUser } from '../rootfs/index.ts';

import { reportImage } from './image-report.ts';
import type { InspectOptions } from './inspect.ts';
import { inspectFile } from './inspect-file.ts';
import { inspectTree, type TreeStart } from './inspect-tree.ts';
import type { FileReport, TreeReport } from './report.ts';

/** Every file of a directory or an image; `text` is what the report calls it. */
export async function inspectMany(
  text: string,
  location: TreeLocation,
  { signal, files, platform: asked }: Pick<InspectOptions, 'signal' | 'files' | 'platform'>,
): Promise<TreeReport> {
  const platform = asked === undefined ? undefined : parsePlatform(asked);
  const { tree, config, made, close } = await openTree(location, { signal, platform });
  try {
    const kind = location.kind === 'root' ? 'directory' : 'image';
    const start = config === null ? undefined : startOf(config, tree);
    const image = config === null || made === null ? null : reportImage(config, made);
    return await inspectTree(text, kind, tree, { signal, files, start, image });
  } finally {
    close();
  }
}

/** What an image says of it; a user whose name it does not have starts nothing. */
function startOf({ config }: ImageConfig, tree: FileTree): TreeStart {
  const user = lookUpUser(config?.User ?? '', tree);
  const idOf = (lookup: IdLookup | undefined): number => (lookup?.kind === 'id' ? lookup.id : 0);
  return {
    env: parseEnvironment(config?.Env),
    workingDirectory: config?.WorkingDir === undefined || config.WorkingDir === '' ? '/' : config.WorkingDir,
    user: { uid: idOf(user?.uid), gid: idOf(user?.gid) },
  };
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
