import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeFileAtomically } from './write-file-atomically.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'atomically-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const failed = expect.objectContaining({ code: 'WRITE_FAILED' });

it('replaces the file whole, and leaves nothing beside it', () => {
  const path = join(folder, 'receipt.json');
  writeFileAtomically(path, 'a longer text');
  writeFileAtomically(path, 'é');
  expect(readFileSync(path, 'utf8')).toBe('é');
  expect(readdirSync(folder)).toEqual(['receipt.json']);
});

it('puts no file in the place of a device or a directory', () => {
  expect(() => writeFileAtomically('/dev/null', 'x')).toThrowError(failed);
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  expect(() => writeFileAtomically(folder, 'x')).toThrowError(failed);
});

it('says so where the folder is absent', () => {
  expect(() => writeFileAtomically(join(folder, 'no', 'x'), 'x')).toThrowError(failed);
});
