import { basename } from 'node:path';
import { readFileStart } from '../project-file.ts';
import type { CProject } from '../project.ts';
import type { WrittenWish } from './library-wish.ts';

const SOURCE_LIMIT_BYTES = 4 * 1024 * 1024;
const INCLUDE = /^[ \t]{0,40}#[ \t]{0,40}include[ \t]{0,40}[<"]([^>"\n]{1,120})[>"]/;
/** The source goes on without. */
const TRIED = /__has_include[ \t]{0,40}\(?[ \t]{0,40}[<"]([^>"\n]{1,120})[>"]/g;

/** Of single files, the headers that they cannot do without. Lines are looked at, not compiled. */
export function libraryHeaders({ source, sources }: CProject): readonly WrittenWish[] {
  const paths = sources?.map(({ path }) => path) ?? (source === null ? [] : [source]);
  return paths.flatMap((path) => {
    const text = readFileStart(path, SOURCE_LIMIT_BYTES);
    const tried = new Set([...text.matchAll(TRIED)].map((match) => match[1]));
    return text.split('\n').flatMap((line, index) => {
      const name = INCLUDE.exec(line)?.[1];
      if (name === undefined || tried.has(name)) return [];
      return [{ kind: 'header' as const, name, where: `${basename(path)}:${index + 1}` }];
    });
  });
}
