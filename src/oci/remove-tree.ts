import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs';

/**
 * Removes a directory with all that is in it, also as an ordinary user when directories in it are read-only
 * (an unpacked image has such: 0555). Links are removed, never followed. Nothing there is no error.
 */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    makeWritable(Buffer.from(path));
    rmSync(path, { recursive: true, force: true });
  }
}

function makeWritable(path: Buffer): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) return;
  chmodSync(path, 0o700);
  for (const name of readdirSync(path, 'buffer')) makeWritable(Buffer.concat([path, Buffer.from('/'), name]));
}
