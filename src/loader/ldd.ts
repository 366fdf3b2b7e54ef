import { resolve } from 'node:path';
import { type Closure } from './closure.ts';
import { findClosure } from './find-closure.ts';
import {
  formatLdd,
  type LddReport,
  type LddText,
  lddReport,
  type NeededNode,
  neededTree,
} from './ldd-report.ts';
import { loaderSession } from './session.ts';
import { directoryTree } from '../rootfs/index.ts';

export interface LddOptions {
  /** The directory whose `/` it is; default the machine's own. */
  readonly root?: string | undefined;
  /** LD_LIBRARY_PATH. */
  readonly libraryPath?: string | undefined;
}

export interface LddResult {
  readonly report: LddReport;
  readonly closure: Closure;
  /** What ldd prints, by lines: names in them may hold any character, and are to be escaped before they are shown. */
  readonly lines: LddText;
  /** The same as one text, as it is; it ends without a newline. */
  readonly text: string;
  /** Who needs what, and by which rule it was found. */
  readonly tree: NeededNode;
}

/**
 * What `ldd` prints, for any architecture; nothing is executed. Paths are inside the root; with the machine's own root
 * they may be relative to the current directory. Errors: NOT_FOUND, UNREADABLE, NOT_AN_EXECUTABLE, ELF_INVALID.
 */
export function ldd(paths: readonly string[], options: LddOptions = {}): readonly LddResult[] {
  const tree = directoryTree(options.root ?? '/');
  const isMachine = resolve(options.root ?? '/') === '/';
  const session = loaderSession(tree);
  return paths.map((path) => {
    const inside = isMachine ? resolve(path) : resolve('/', path);
    const closure = findClosure({
      tree,
      path: inside,
      libraryPath: options.libraryPath,
      // Of another root nobody stands in a directory.
      cwd: isMachine ? process.cwd() : '/',
      session,
    });
    const lines = formatLdd(closure);
    const text = [...lines.libraries.map((line) => `\t${line}`), ...lines.complaints].join('\n');
    return { report: lddReport(closure), closure, lines, text, tree: neededTree(closure) };
  });
}
