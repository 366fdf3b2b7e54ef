import type { BaseLibraries, BaseLibrary } from './base.ts';
import { parseVersionName } from './library-versions.ts';

/**
 * The libraries of a base as lines of text, which diff well: a soname, then its symbol versions, the highest of each
 * numbered family (`GLIBC_2.36`) and the names without a number. Only the lines that are asked for are parsed.
 */
export function libraryTable(text: string, isThere: (soname: string) => boolean = () => true): BaseLibraries {
  const lines = `\n${text.trim()}\n`;
  return {
    get: (soname) => (SONAME.test(soname) && isThere(soname) ? findLibrary(lines, soname) : undefined),
  };
}

/** One word: a DT_NEEDED may be any bytes, and must not be found across words or lines. */
const SONAME = /^\S+$/;

function findLibrary(text: string, soname: string): BaseLibrary | undefined {
  const found = [`\n${soname} `, `\n${soname}\n`]
    .map((start) => text.indexOf(start))
    .find((index) => index >= 0);
  if (found === undefined) return undefined;
  const line = text.slice(found + 1, text.indexOf('\n', found + 1));
  return parseVersions(line.split(' ').slice(1));
}

function parseVersions(versions: readonly string[]): BaseLibrary {
  const parsed = versions.map((version) => ({ version, numbered: parseVersionName(version) }));
  const highest = Object.fromEntries(
    parsed.flatMap(({ numbered }) =>
      numbered === null ? [] : [[numbered.family, numbered.version] as const],
    ),
  );
  return {
    highest,
    names: parsed.filter(({ numbered }) => numbered === null).map(({ version }) => version),
  };
}

export function formatLibraryTable(libraries: ReadonlyMap<string, BaseLibrary>): string {
  return [...libraries]
    .map(([soname, { highest, names }]) =>
      [soname, ...Object.entries(highest).map(([family, version]) => `${family}_${version}`), ...names].join(
        ' ',
      ),
    )
    .join('\n');
}
