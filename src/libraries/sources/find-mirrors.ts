import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readSmallFile } from '../../core/read-small-file.ts';
import {
  type AptSource,
  chooseMirrors,
  type DebianMirrors,
  parseDeb822Sources,
  parseOneLineSources,
} from './apt-mirrors.ts';

const LIST_LIMIT_BYTES = 1024 * 1024;

/** The mirrors of this machine's apt; MORSEL_DEBIAN_MIRROR wins over them. */
export function findMirrors(
  env: Readonly<Record<string, string | undefined>>,
  apt = '/etc/apt',
): DebianMirrors {
  const folder = join(apt, 'sources.list.d');
  const names = namesIn(folder).toSorted();
  const sources: readonly AptSource[] = [
    ...parseOneLineSources(textOf(join(apt, 'sources.list'))),
    ...names
      .filter((name) => name.endsWith('.list'))
      .flatMap((name) => parseOneLineSources(textOf(join(folder, name)))),
    ...names
      .filter((name) => name.endsWith('.sources'))
      .flatMap((name) => parseDeb822Sources(textOf(join(folder, name)))),
  ];
  return chooseMirrors(sources, env['MORSEL_DEBIAN_MIRROR']);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readSmallFile(path, LIST_LIMIT_BYTES)?.toString('utf8') ?? '';
  } catch {
    return ''; // not for this user, or none
  }
}
