import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { sha256OfFile } from './download-store.ts';

const FILES_LIMIT = 200_000;
/** Version control's own files change without the sources. */
export const LEFT_OUT: ReadonlySet<string> = new Set(['.git', '.hg', '.svn']);

/** Of a folder of sources: names, kinds, contents. Errors: LIMIT_EXCEEDED. */
export function digestOfTree(folder: string): string {
  const hash = createHash('sha256');
  const open = [''];
  let files = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const name of readdirSync(join(folder, at)).toSorted()) {
      if (LEFT_OUT.has(name)) continue;
      files += 1;
      if (files > FILES_LIMIT) throw tooMany(folder);
      const path = join(at, name);
      const stat = lstatSync(join(folder, path));
      if (stat.isDirectory()) open.push(path);
      else if (stat.isSymbolicLink()) hash.update(`l ${path}\0${readlinkSync(join(folder, path))}\0`);
      else if (stat.isFile())
        hash.update(`f ${stat.mode & 0o111} ${path}\0${sha256OfFile(join(folder, path))}\0`);
    }
  }
  return `sha256:${hash.digest('hex')}`;
}

function tooMany(folder: string): MorselError {
  return new MorselError('LIMIT_EXCEEDED', `${folder} has more than ${FILES_LIMIT} files`, {
    hint: 'name the folder of the library’s own sources',
  });
}
