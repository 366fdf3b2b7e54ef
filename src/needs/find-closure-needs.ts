import type { ByteSource } from '../core/byte-source.ts';
import type { Closure } from '../loader/index.ts';
import { findNeeds } from './find-needs.ts';
import type { NeedSubject } from './evidence.ts';
import type { Need } from './need.ts';

/** The needs of a program in a tree, with those of every library that it loads. Opens and closes the files itself. */
export function findClosureNeeds(
  closure: Closure,
  env: Readonly<Record<string, string>> = {},
): readonly Need[] {
  const { tree } = closure.request;
  const opened: ByteSource[] = [];
  const open = (path: string): ByteSource | null => {
    const source = tree.open(path);
    if (source !== null) opened.push(source);
    return source;
  };
  try {
    const source = open(closure.realPath);
    if (source === null) return [];
    const libraries = closure.libraries.flatMap((library): readonly NeedSubject[] => {
      const bytes = open(library.realPath);
      return bytes === null ? [] : [{ facts: library.facts, source: bytes }];
    });
    return findNeeds({ facts: closure.facts, source, libraries, env });
  } finally {
    for (const source of opened) source.close();
  }
}
