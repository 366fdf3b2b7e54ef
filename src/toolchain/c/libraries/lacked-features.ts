import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AskOptions } from '../../find/ask-tool.ts';
import type { Tools } from '../../find/tools.ts';
import { featuresAmong } from '../found-packages.ts';
import { findLibraries, libraryFolders } from './find-libraries.ts';

/**
 * Of what a build for musl asked for in vain, and went on without, what this machine's ordinary compiler and pkg-config
 * would have given it: features that such a build has lost. Files are looked for, nothing is started with words of a
 * build but names of headers, for which modules of pkg-config are found. Error: INTERRUPTED.
 */
export async function featuresHere(
  lacked: readonly string[],
  tools: Tools,
  options: AskOptions,
): Promise<readonly string[]> {
  const named = lacked.flatMap((line) => {
    const [, kind, name = ''] = LACKED.exec(line) ?? [];
    return kind === undefined ? [] : [{ kind, name }];
  });
  if (named.length === 0) return [];
  // Packages of headers alone are given to a compiler for musl too.
  const given = new Set((tools.c.headerPackages ?? []).flatMap(({ headers: all }) => all));
  const headers = named
    .filter(({ kind, name }) => kind === 'header' && !given.has(name.split('/', 1)[0] ?? ''))
    .map(({ name }) => name);
  const included = headers.length === 0 ? [] : await findLibraries(headers, tools, options);
  const { modules, libraries } = await libraryFolders(tools, options);
  const isHere = (folders: readonly string[], files: readonly string[]): boolean =>
    folders.some((folder) => files.some((file) => existsSync(join(folder, file))));
  const here = named.filter(({ kind, name }) =>
    kind === 'package'
      ? isHere(modules, [`${name}.pc`])
      : kind === 'library' && isHere(libraries, [`lib${name}.so`, `lib${name}.a`]),
  );
  return featuresAmong([
    ...here.map(({ kind, name }) => (kind === 'package' ? name : `lib${name}`)),
    ...included.map(({ name }) => name),
  ]);
}

/** A line of the generated compilers and pkg-config; `zlib >= 1.2` may be one word or three. */
const LACKED = /^(package|library|header) ([A-Za-z0-9][\w+./-]{0,100})(?:[ <>=!,]|$)/;
