import type { ByteSource } from '../core/byte-source.ts';
import type { Closure } from '../loader/index.ts';
import { type AskedNeeds, findNeeds } from './find-needs.ts';
import type { NeedSubject } from './evidence.ts';
import type { Need } from './need.ts';

/**
 * The needs of a program in a tree, with those of every library that it loads. Opens and closes the files itself, but for
 * the program where it is given.
 */
export function findClosureNeeds(
  closure: Closure,
  env: Readonly<Record<string, string>> = {},
  program?: NeedSubject,
  asked?: AskedNeeds,
): readonly Need[] {
  const { tree } = closure.request;
  const opened: ByteSource[] = [];
  const open = (path: string): ByteSource | null => {
    const source = tree.open(path);
    if (source !== null) opened.push(source);
    return source;
  };
  try {
    const own = program ?? subjectOf(closure, open(closure.realPath));
    if (own === null) return [];
    const libraries = closure.libraries.flatMap(
      (library) => subjectOf(library, open(library.realPath)) ?? [],
    );
    return findNeeds({ facts: own.facts, source: own.source, libraries, env, ...(asked && { asked }) });
  } finally {
    for (const source of opened) source.close();
  }
}

/** The facts are read when a need asks for them. */
function subjectOf(file: Pick<Closure, 'facts' | 'link'>, source: ByteSource | null): NeedSubject | null {
  if (source === null) return null;
  return {
    source,
    linkage: file.link,
    get facts() {
      return file.facts;
    },
  };
}
