import { isAbsolute } from 'node:path';
import { MorselError } from '../core/errors.ts';
import type { RowLookup } from './rows/closure.ts';
import type { LibraryRow, Recipe } from './rows/library-row.ts';
import { rowNamed } from './rows/rows.ts';
import type { LibraryRequest, SourceOrigin } from './sources/library-request.ts';

export interface WantedLibraries {
  readonly names: readonly string[];
  readonly rowOf: RowLookup;
  originOf(row: LibraryRow): SourceOrigin;
}

/** What is asked for, with what a project says of it in place of the table's words. Pure. Error: CONFIG_INVALID. */
export function wantLibraries(requests: readonly (string | LibraryRequest)[]): WantedLibraries {
  const own = new Map<string, { readonly row: LibraryRow; readonly origin: SourceOrigin }>();
  const names: string[] = [];
  for (const request of requests) {
    const asked = typeof request === 'string' ? { name: request } : request;
    names.push(asked.name);
    const known = rowNamed(asked.name);
    if (asked.source === undefined && (asked.configure ?? []).length === 0) continue;
    if (known === null && asked.source === undefined) continue;
    const origin = asked.source === undefined ? originOfRow(known as LibraryRow) : parseOrigin(asked);
    own.set(asked.name, {
      row: withWords(known ?? unknownRow(asked.name, origin), asked.configure ?? []),
      origin,
    });
  }
  return {
    names: [...new Set(names)],
    rowOf: (name) => own.get(name)?.row ?? rowNamed(name),
    originOf: (row) => own.get(row.name)?.origin ?? originOfRow(row),
  };
}

function originOfRow({ source }: LibraryRow): SourceOrigin {
  return { kind: 'debian', package: source };
}

/** Error: CONFIG_INVALID. */
function parseOrigin({ name, source = '', sha256 }: LibraryRequest): SourceOrigin {
  if (source.startsWith('debian:')) {
    const debianPackage = source.slice('debian:'.length);
    if (/^[a-z0-9][a-z0-9+.-]+$/.test(debianPackage)) return { kind: 'debian', package: debianPackage };
    throw invalid(
      name,
      `${JSON.stringify(source)} names no package of Debian`,
      'write debian:NAME, with the name of a source package',
    );
  }
  if (/^https?:\/\//.test(source)) {
    if (sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256)) return { kind: 'url', url: source, sha256 };
    throw invalid(
      name,
      'a URL stands without the digest of what it has',
      `add "sha256": what \`curl -fsSL ${source} | sha256sum\` prints, once you have checked that file`,
    );
  }
  if (isAbsolute(source)) return { kind: 'path', path: source };
  throw invalid(
    name,
    `${JSON.stringify(source)} is no source`,
    'write debian:NAME, a URL with "sha256", or a path',
  );
}

function withWords(row: LibraryRow, words: readonly string[]): LibraryRow {
  if (words.length === 0) return row;
  const { recipe } = row;
  if (recipe.kind === 'make')
    return { ...row, recipe: { ...recipe, makeArgs: [...(recipe.makeArgs ?? []), ...words] } };
  return { ...row, recipe: { ...recipe, args: [...(recipe.args ?? []), ...words] } as Recipe };
}

/** Built as configure and make build it; its archives are those that it installs. */
function unknownRow(name: string, origin: SourceOrigin): LibraryRow {
  return {
    name,
    source: origin.kind === 'debian' ? origin.package : name,
    licence: 'NOASSERTION',
    provides: { pkgConfig: [name], libs: [], headers: [], cmake: [name] },
    needs: [],
    recipe: { kind: 'autotools' },
  };
}

function invalid(name: string, what: string, hint: string): MorselError {
  return new MorselError('CONFIG_INVALID', `the library ${JSON.stringify(name)}: ${what}`, { hint });
}
