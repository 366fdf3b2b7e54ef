import { realpathSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { isHiddenName } from '../../core/left-behind.ts';
import { parseMode } from '../../core/user-ids.ts';
import {
  entriesFromHost,
  HOST_ENTRIES_LIMIT,
  type LayerEntry,
  checkImageDirectory,
} from '../../rootfs/index.ts';

export interface AddedPath {
  readonly source: string;
  readonly destination: string;
  readonly mode: number | null;
  /** The real path of the folder out of which the source may not lead; null: the user has typed it. */
  readonly within: string | null;
}

/** What is typed is relative to where it is typed, and may be anything. Error: USAGE. */
export function parseTypedAdd(text: string): AddedPath {
  return { ...parseAdd(text, process.cwd()), within: null };
}

/**
 * What a `morsel.json` says is relative to its project, and stays in the folder `within`: whoever builds a foreign project has not asked
 * for /etc/shadow to be packed. Errors: CONFIG_INVALID, USAGE, NOT_FOUND.
 */
export function parseProjectAdd(text: string, project: string, within: string): AddedPath {
  const path = { ...parseAdd(text, project), within: realPath(within) };
  checkWithin(path);
  return path;
}

/**
 * The files of one path. Asked again whether it stays in the project: what has been compiled meanwhile may have put a
 * link in its place. Errors: as above; UNREADABLE; UNSUPPORTED; LIMIT_EXCEEDED.
 */
function entriesOf(path: AddedPath, outputs: readonly string[]): readonly LayerEntry[] {
  const source = checkWithin(path);
  const { destination, mode } = path;
  return entriesFromHost(source, destination, {
    reason: `--add ${path.source}`,
    mode: mode ?? undefined,
    leaveOut: (file) => outputs.includes(file) || isHiddenName(basename(file)),
  });
}

/**
 * Those of all paths, of which a configuration may name one a thousand times. `outputs`: what builds leave there, which is
 * none of the program's files, and would make each image another. Error: LIMIT_EXCEEDED.
 */
export function addedEntries(
  paths: readonly AddedPath[],
  outputs: readonly string[] = [],
): readonly LayerEntry[] {
  const entries: LayerEntry[] = [];
  for (const path of paths) {
    for (const entry of entriesOf(path, outputs)) entries.push(entry);
    if (entries.length <= HOST_ENTRIES_LIMIT) continue;
    throw new MorselError('LIMIT_EXCEEDED', `more than ${HOST_ENTRIES_LIMIT} files are added to the image`, {
      hint: 'add fewer with --add or `add` of morsel.json',
    });
  }
  return entries;
}

function parseAdd(text: string, directory: string): Omit<AddedPath, 'within'> {
  const [, source = '', destination = '', modeText] = /^(.+?):(\/[^:]*)(?::([^:/]*))?$/s.exec(text) ?? [];
  const mode = modeText === undefined ? null : parseMode(modeText);
  if (source === '' || source.includes('\0') || (mode === null && modeText !== undefined)) {
    throw new MorselError('USAGE', `--add ${JSON.stringify(text)} is not SRC:DST[:MODE]`, {
      hint: 'give it as in conf/app.toml:/etc/app.toml:0644; DST is absolute, MODE is octal and at most 7777',
    });
  }
  checkImageDirectory(destination);
  return { source: resolve(directory, source), destination, mode };
}

/** Where the source really is. */
function checkWithin({ source, within }: AddedPath): string {
  return within === null ? source : stayWithin('add', source, realPath(within));
}

/** The real path of a file that a `morsel.json` names. Errors: CONFIG_INVALID out of the folder, NOT_FOUND, UNREADABLE. */
export function stayWithin(field: 'add' | 'ca', source: string, folder: string): string {
  const within = realPath(folder, field);
  const real = realPath(source, field);
  const inside = relative(within, real);
  if (inside !== '..' && !inside.startsWith('../')) return real;
  throw new MorselError(
    'CONFIG_INVALID',
    `morsel.json: ${field}: ${source} leads out of the project, to ${real}`,
    {
      hint: `if that file is to be in the image, say so yourself: --${field} ${source}${field === 'add' ? ':DST' : ''}`,
    },
  );
}

function realPath(path: string, field: 'add' | 'ca' = 'add'): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
    throw new MorselError(isAbsent ? 'NOT_FOUND' : 'UNREADABLE', `${path} cannot be read (${code})`, {
      cause,
      hint: `check \`${field}\` of morsel.json`,
    });
  }
}
