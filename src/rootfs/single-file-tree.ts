import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { openByteSource } from '../core/byte-source.ts';
import type { FileTree, FileTreeEntry } from './file-tree.ts';
import { resolvePath } from './resolve-path.ts';

/** A root that holds one file of this machine and nothing else: what `COPY program /` on scratch makes. */
export function singleFileTree(file: string): FileTree {
  const { mode, uid, gid, size } = statSync(file);
  const path = `/${basename(file)}`;
  const root: FileTreeEntry = {
    kind: 'directory',
    mode: 0o755,
    uid: 0,
    gid: 0,
    sizeBytes: 0,
    target: '',
    identity: 'root',
  };
  const entry: FileTreeEntry = {
    kind: 'file',
    mode: mode & 0o7777,
    uid,
    gid,
    sizeBytes: size,
    target: '',
    identity: 'file',
  };
  const lstat = (wanted: string): FileTreeEntry | null =>
    wanted === '/' ? root : wanted === path ? entry : null;
  const resolve = (wanted: string) => resolvePath(wanted, lstat);
  return {
    name: file,
    resolve,
    lstat: (wanted) => resolve(wanted)?.entry ?? null,
    list: (wanted) => (resolve(wanted)?.path === '/' ? [basename(file)] : []),
    open: (wanted) => (resolve(wanted)?.path === path ? openByteSource(file) : null),
  };
}
