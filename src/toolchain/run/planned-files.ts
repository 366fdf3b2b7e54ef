import {
  lstatSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { PlannedFile } from '../plan.ts';
import { cannotWrite, makeDirectory } from './work-lock.ts';

/** Writes a file of a plan. Errors: WRITE_FAILED, DISK_FULL. */
export function writePlanned({ path, content }: PlannedFile): void {
  makeDirectory(dirname(path));
  if (content.kind === 'text') return writeText(path, content.text, content.mode);
  if (linkTarget(path) === content.target) return;
  place(path, (aside) => symlinkSync(content.target, aside));
}

/**
 * Leaves a file alone that has the text already: a newer toolchain file makes CMake configure again. Compilers of one folder
 * are used by several builds at a time: each finds the file, whole. Errors: WRITE_FAILED, DISK_FULL.
 */
export function writeText(path: string, text: string, mode: number): void {
  if (textOf(path) === text) return;
  place(path, (aside) => writeFileSync(aside, text, { mode }));
}

function place(path: string, make: (aside: string) => void): void {
  const aside = `${path}.${process.pid}.new`;
  try {
    rmSync(aside, { force: true, recursive: true });
    make(aside);
    // A directory that somebody has put there is no place for a file.
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) rmSync(path, { recursive: true });
    renameSync(aside, path);
  } catch (cause) {
    rmSync(aside, { force: true });
    throw cannotWrite(path, cause);
  }
}

function textOf(path: string): string | null {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path, 'utf8') : null;
}

function linkTarget(path: string): string | null {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(path) : null;
}
