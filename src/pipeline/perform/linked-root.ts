import {
  linkSync,
  lstatSync,
  lchownSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * A copy of an unpacked root without some of its paths, whose files are hard links: made in milliseconds, and only to be
 * run in, which writes to neither. A directory goes only where nothing is left in it.
 */
export function makeLinkedRoot(whole: string, target: string, without: ReadonlySet<string>): void {
  copyDirectory(whole, target, '', without);
}

function copyDirectory(whole: string, target: string, path: string, without: ReadonlySet<string>): void {
  const from = join(whole, path);
  const to = join(target, path);
  mkdirSync(to);
  for (const name of readdirSync(from)) copyEntry(whole, target, `${path}/${name}`, without);
  if (without.has(path) && readdirSync(to).length === 0) {
    rmdirSync(to);
    return;
  }
  takeAttributes(from, to);
}

function copyEntry(whole: string, target: string, path: string, without: ReadonlySet<string>): void {
  const from = join(whole, path);
  const stat = lstatSync(from);
  if (stat.isDirectory()) return copyDirectory(whole, target, path, without);
  if (without.has(path)) return;
  const to = join(target, path);
  if (!stat.isSymbolicLink()) return linkSync(from, to);
  symlinkSync(readlinkSync(from), to);
  lchownSync(to, stat.uid, stat.gid);
}

/** After what is in it was made: a directory may forbid even its owner to write. */
function takeAttributes(from: string, to: string): void {
  const { mode, uid, gid } = lstatSync(from);
  lchownSync(to, uid, gid);
  chmodSync(to, mode & 0o7777);
}
