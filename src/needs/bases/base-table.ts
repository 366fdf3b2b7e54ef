import { parseVersionName } from '../describe-base.ts';
import type { BaseLibrary } from '../verdict.ts';

/**
 * The libraries of a base as lines of text, which diff well: a soname, then its symbol versions, the highest of each
 * numbered family (`GLIBC_2.36`) and the names without a number.
 */
export function parseLibraryTable(text: string): Readonly<Record<string, BaseLibrary>> {
  const lines = text.split('\n').map((line) => line.trim());
  return Object.fromEntries(lines.filter((line) => line !== '').map(parseLine));
}

function parseLine(line: string): readonly [string, BaseLibrary] {
  const [soname = '', ...versions] = line.split(' ');
  const parsed = versions.map((version) => ({ version, numbered: parseVersionName(version) }));
  const highest = Object.fromEntries(
    parsed.flatMap(({ numbered }) =>
      numbered === null ? [] : [[numbered.family, numbered.version] as const],
    ),
  );
  return [
    soname,
    { highest, names: parsed.filter(({ numbered }) => numbered === null).map(({ version }) => version) },
  ];
}

export function formatLibraryTable(libraries: Readonly<Record<string, BaseLibrary>>): string {
  return Object.entries(libraries)
    .map(([soname, { highest, names }]) =>
      [soname, ...Object.entries(highest).map(([family, version]) => `${family}_${version}`), ...names].join(
        ' ',
      ),
    )
    .join('\n');
}
