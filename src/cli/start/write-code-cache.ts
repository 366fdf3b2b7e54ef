import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectories } from '../../core/make-directories.ts';
import { writeFileAtomically } from '../../core/write-file-atomically.ts';
import { ALIGNMENT, type CodeCache } from './code-cache.ts';

const OWNER_ONLY = 0o600;

/**
 * A cache that cannot be kept is no failure: the next start is as slow as this one. Root with
 * a user's HOME (`sudo -E`) writes nothing, for the folders that it makes there would shut the user out.
 */
export function writeCodeCache(path: string | null, key: string, cache: CodeCache): void {
  if (path === null) return;
  try {
    if (!isOwn(nearestExisting(dirname(path)))) return;
    makeDirectories(dirname(path), { mode: 0o700 });
    const records = [...cache].flatMap(([name, code]) => [Buffer.from(name), code]);
    const bytes = Buffer.concat([Buffer.from(key), ...records].flatMap(framed));
    // Synced too: V8 trusts what follows a right head, and a crash of the machine could leave zeros there.
    writeFileAtomically(path, bytes, OWNER_ONLY);
  } catch {
    // a full or read-only disk, a file in the folder's place
  }
}

const isOwn = (path: string): boolean => statSync(path).uid === process.geteuid?.();

function nearestExisting(path: string): string {
  const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
  return isThere || dirname(path) === path ? path : nearestExisting(dirname(path));
}

function framed(bytes: Buffer): readonly Buffer[] {
  const length = Buffer.alloc(ALIGNMENT);
  length.writeUInt32LE(bytes.length);
  return [length, bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)];
}
