import { chmodSync, lchownSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import type { PlannedDirectory, RootPlan } from './root-plan.ts';

/** Makes the root directory; only root can give a directory to somebody else, as when an image is unpacked. */
export function makeSkeleton(root: string, plan: Pick<RootPlan, 'directories' | 'links'>): void {
  mkdirSync(root);
  chmodSync(root, 0o755);
  const made = new Set(['/']);
  const outerFirst = [...plan.directories].sort((a, b) => a.path.length - b.path.length);
  for (const directory of outerFirst) makeDirectory(root, directory, made);
  for (const { path, target } of plan.links) {
    makeParents(root, path, made);
    symlinkSync(target, join(root, path));
  }
}

function makeDirectory(root: string, { path, mode, uid, gid }: PlannedDirectory, made: Set<string>): void {
  makeParents(root, path, made);
  const place = join(root, path);
  if (!made.has(path)) mkdirSync(place);
  made.add(path);
  if (process.getuid?.() === 0) lchownSync(place, uid, gid);
  // After the owner: chown(2) takes setgid away.
  chmodSync(place, mode);
}

function makeParents(root: string, path: string, made: Set<string>): void {
  const parent = dirname(path);
  if (made.has(parent)) return;
  makeParents(root, parent, made);
  mkdirSync(join(root, parent));
  chmodSync(join(root, parent), 0o755);
  made.add(parent);
}
