import { isAbsolute, resolve } from 'node:path';
import type { Problem } from '../../json/index.ts';
import type { NamedDependency } from '../../project/index.ts';
import type { WrittenDependency } from './morsel-json.ts';

const URL_START = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const DEBIAN = /^debian:[a-z0-9][a-z0-9+.-]+$/;

/** What is wrong with one, whatever the project is. */
export function dependencyProblems(written: readonly WrittenDependency[] = []): readonly Problem[] {
  const names = written.map((one) => (typeof one === 'string' ? one : one.name));
  return written.flatMap((one, index) => {
    const isAgain = names.indexOf(names[index] as string) < index;
    if (isAgain)
      return [{ path: [index], message: `names ${names[index]} once more`, hint: 'leave one of them out' }];
    return typeof one === 'string' ? [] : sourceProblems(one, index);
  });
}

function sourceProblems(
  { source: from, sha256: digest }: Exclude<WrittenDependency, string>,
  index: number,
): readonly Problem[] {
  const isUrl = from !== undefined && /^https?:\/\/[^\s/@]+\/\S/.test(from);
  if (isUrl && digest === undefined)
    return [
      {
        path: [index, 'source'],
        message: 'is a URL without the digest of what it has',
        hint: 'add "sha256": what `sha256sum FILE` prints for it, once you have looked at that file',
      },
    ];
  if (digest !== undefined && !isUrl)
    return [{ path: [index, 'sha256'], message: 'is of a URL alone', hint: 'leave it out' }];
  if (from === undefined || isUrl || DEBIAN.test(from)) return [];
  const leadsOut = !isAbsolute(from) && from.split('/').includes('..');
  if (!URL_START.test(from) && !leadsOut) return [];
  return [
    {
      path: [index, 'source'],
      message: leadsOut ? 'leads out of the project' : 'is no source of a library',
      hint: 'write debian:NAME, http(s)://HOST/FILE with "sha256", or a path below the project',
    },
  ];
}

/** Paths from the folder of the `morsel.json` on. */
export function dependenciesOf(
  written: readonly WrittenDependency[] = [],
  folder: string,
): readonly NamedDependency[] {
  return written.map((one) => {
    if (typeof one === 'string') return { name: one };
    const isPath = one.source !== undefined && !URL_START.test(one.source);
    return isPath ? { ...one, source: resolve(folder, one.source as string) } : one;
  });
}
