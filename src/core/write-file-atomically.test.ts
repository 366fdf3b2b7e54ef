import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { formatOwner, thisOwner } from './process-owner.ts';
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

it('replaces what a link leads to, and not the link', () => {
  mkdirSync(join(folder, 'there'));
  symlinkSync('there/receipt.json', join(folder, 'link'));
  for (const text of ['new', 'newer']) {
    writeFileAtomically(join(folder, 'link'), text);
    expect(readFileSync(join(folder, 'there/receipt.json'), 'utf8')).toBe(text);
  }
  expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(['link', 'there']);
});

it('removes what a killed process has left of the same file', () => {
  const { pid } = spawnSync('true');
  writeFileSync(join(folder, `.a.json.morsel-${formatOwner({ ...thisOwner(), pid })}-0123456789`), '');
  writeFileAtomically(join(folder, 'a.json'), '{}');
  expect(readdirSync(folder)).toEqual(['a.json']);
});

it('writes a file of the longest name', () => {
  const name = 'a'.repeat(255);
  writeFileAtomically(join(folder, name), 'x');
  expect(readdirSync(folder)).toEqual([name]);
});

it('says so where the folder is absent', () => {
  expect(() => writeFileAtomically(join(folder, 'no', 'x'), 'x')).toThrowError(failed);
});

it('says so where a part of the path is a file', () => {
  const file = join(folder, 'file');
  writeFileAtomically(file, 'x');
  expect(() => writeFileAtomically(join(file, 'y'), 'x')).toThrowError(failed);
  expect(readFileSync(file, 'utf8')).toBe('x');
});

it('writes bytes, for the owner alone where that is asked', () => {
  const path = join(folder, 'bytes');
  writeFileAtomically(path, Uint8Array.of(0, 0xff), 0o600);
  expect([...readFileSync(path)]).toEqual([0, 0xff]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
