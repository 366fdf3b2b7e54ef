import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ALIGNMENT, type CodeCache } from './code-cache.ts';

/** Written aside and renamed. A cache that cannot be kept is no failure: the next start is as slow as this one. */
export function writeCodeCache(path: string, key: string, cache: CodeCache): void {
  const aside = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch {
    return;
  }
  try {
    const records = [...cache].flatMap(([name, code]) => [Buffer.from(name), code]);
    writeSynced(aside, Buffer.concat([Buffer.from(key), ...records].flatMap(framed)));
    renameSync(aside, path);
  } catch {
    rmSync(aside, { force: true });
  }
}

function framed(bytes: Buffer): readonly Buffer[] {
  const length = Buffer.alloc(ALIGNMENT);
  length.writeUInt32LE(bytes.length);
  return [length, bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)];
}

/** Synced, for V8 trusts what follows a right head, and a crash of the machine could leave zeros there. */
function writeSynced(path: string, bytes: Buffer): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
