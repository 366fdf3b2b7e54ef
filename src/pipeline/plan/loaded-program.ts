import { openElf } from '../../elf/index.ts';
import type { Closure, StartedFile } from '../../loader/index.ts';
import {
  type AskedNeeds,
  findNeeds,
  type HintedPath,
  type Need,
  pathsOfStaticProgram,
} from '../../needs/index.ts';
import { type FileTree, openInTree } from '../../rootfs/index.ts';
import type { LibraryPlace } from './library-root.ts';
import type { Program } from '../candidates/candidate.ts';

/** A program as the image's loader will see it. */
export interface LoadedProgram {
  /** null for a program that loads nothing there: it is static, or a base brings its libraries. */
  readonly closure: Closure | null;
  /** What it will want at run time, in this environment. */
  needs(env: Readonly<Record<string, string>>, asked?: AskedNeeds): readonly Need[];
  /** What it names of the files from which it is packed, and may read or not. */
  hints(needs: readonly Need[]): readonly HintedPath[];
}

/** How a program is started in the image, as far as its loader heeds that. */
export interface LoadCircumstances {
  /** Of the image. */
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** Where its loader and libraries are looked for. */
  readonly place: LibraryPlace;
  /** Its file there, and who starts it. */
  readonly file: StartedFile;
  readonly user: { readonly uid: number; readonly gid: number };
  /** The LD_LIBRARY_PATH of whoever builds, as absolute directories: where to look last. */
  readonly builderLibraryPath: readonly string[];
}

/** A program that is judged by its own bytes alone: those that are shipped, and those that strip took away. */
export function programOfItself(program: Program, tree: FileTree): LoadedProgram {
  const { path, linkedPath, facts } = program;
  const needs: LoadedProgram['needs'] = (env, asked) => {
    const source = openInTree(tree, path);
    const linked = linkedPath === path ? null : openInTree(tree, linkedPath);
    try {
      const unstripped = linked === null ? {} : { unstripped: openElf(linked) };
      return findNeeds({ facts, source, env, ...unstripped, ...(asked && { asked }) });
    } finally {
      source.close();
      linked?.close();
    }
  };
  return { closure: null, needs, hints: () => pathsOfStaticProgram(path, facts, tree) };
}
