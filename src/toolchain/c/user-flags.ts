import { resolve } from 'node:path';
import type { CBuild } from './c-build.ts';

/** What the user says of C beyond the project's build files, by its place on a compiler's command line. */
export interface UserFlags {
  /** Behind the project's own flags. */
  readonly compile: readonly string[];
  /** Behind the project's objects and libraries. */
  readonly link: readonly string[];
}

/** Pure. */
export function userFlags({ settings: { c }, sources }: CBuild, language: 'c' | 'c++'): UserFlags {
  const isOfLanguage = c.std !== null && c.std.includes('++') === (language === 'c++');
  return {
    compile: [
      ...(isOfLanguage ? [`-std=${c.std}`] : []),
      ...c.includes.map((folder) => `-I${resolve(sources, folder)}`),
      ...c.cflags,
    ],
    link: [...c.ldflags, ...c.link.map((name) => `-l${name}`)],
  };
}
