import { dirname, resolve } from 'node:path';
import { isBelow } from '../../../core/is-below.ts';
import { readTextIfAny } from '../../../core/read-small-file.ts';

/** Of one program: sources, and what they include of their own. */
const MAX_FILES = 500;
const FILE_LIMIT_BYTES = 4 * 1024 * 1024;
const MAX_HEADERS = 1_000;

const INCLUDE = /^[ \t]{0,40}#[ \t]{0,40}include[ \t]{0,40}(?:<([^>\n]{1,200})>|"([^"\n]{1,200})")/gm;

/** It asks the preprocessor, and goes on without. */
const TRIED = /__has_include[ \t]{0,40}\(?[ \t]{0,40}[<"]([^>"\n]{1,200})[>"]/g;

export interface IncludedHeaders {
  /** In order. */
  readonly headers: readonly string[];
  /** Those that the sources can do without (`__has_include`). */
  readonly tried: ReadonlySet<string>;
}

/**
 * The headers that sources name, with those that their own headers name, in order. Text is looked at, not compiled: what
 * stands in a comment or behind `#if 0` is named as well. Own files are read below `root` only.
 */
export function scanIncludes(sources: readonly string[], root: string): IncludedHeaders {
  const headers = new Set<string>();
  const tried = new Set<string>();
  const seen = new Set(sources);
  const pending = [...sources];
  for (let path = pending.shift(); path !== undefined && headers.size < MAX_HEADERS; path = pending.shift()) {
    const text = readTextIfAny(path, FILE_LIMIT_BYTES) ?? '';
    for (const [, header = ''] of text.matchAll(TRIED)) tried.add(header);
    for (const [, system, own] of text.matchAll(INCLUDE)) {
      if (system !== undefined) headers.add(system);
      if (own === undefined) continue;
      const local = resolve(dirname(path), own);
      if (seen.has(local)) continue;
      if (seen.size < MAX_FILES && isBelow(local, root) && readTextIfAny(local, FILE_LIMIT_BYTES) !== null) {
        seen.add(local);
        pending.push(local);
      } else headers.add(own);
    }
  }
  return { headers: [...headers], tried };
}
