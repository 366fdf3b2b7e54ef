import { isAtOrBelow } from '../core/is-below.ts';
import type { FileTree, Replacement } from './file-tree.ts';

/** Where loaders look, by themselves or by a link into /usr. */
const LIBRARY_DIRECTORY = /^(\/usr)?\/lib(32|64|x32)?(\/[a-z0-9_]+-linux-[a-z0-9]+)?$/;

/**
 * Why a path is not there though a lower layer had it: a layer put something in the place of a directory or a link above
 * it. In words behind a reason, `; layer 2 …`; '' where no layer did.
 */
export function takenAway({ replacements = [] }: FileTree, path: string): string {
  const found = replacements.findLast((one) => isAtOrBelow(path, one.path));
  return found === undefined ? '' : `; ${describeReplacement(found)}`;
}

/** The same of a library, which may have been in any of the loader's directories. */
export function librariesTakenAway({ replacements = [] }: FileTree): string {
  const found = replacements.findLast(({ path }) => LIBRARY_DIRECTORY.test(path));
  return found === undefined ? '' : `; ${describeReplacement(found)}`;
}

/** `layer 2 puts a directory in the place of /lib64, which was a link to usr/lib64` */
export function describeReplacement({ path, was, is, layer }: Replacement): string {
  return is === null
    ? `layer ${layer} removes ${path}, which was ${was}`
    : `layer ${layer} puts ${is} in the place of ${path}, which was ${was}`;
}
