import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeNewFile } from './write-new-file.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-new-file-'));
  path = join(folder, 'new.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('writeNewFile', () => {
  it('writes a file, and leaves nothing beside it', () => {
    writeNewFile(path, 'text', 'edit it');
    expect(readFileSync(path, 'utf8')).toBe('text');
    expect(lstatSync(path).nlink).toBe(1);
    expect(readdirSync(folder)).toEqual(['new.json']);
  });

  it.each([
    ['a file', () => writeFileSync(path, 'old')],
    ['a folder', () => mkdirSync(path)],
    ['a link to nowhere', () => symlinkSync(join(folder, 'absent'), path)],
    ['a link to a file', () => (writeFileSync(join(folder, 'other'), 'old'), symlinkSync('other', path))],
  ])('leaves %s as it is', (_what, make) => {
    make();
    const before = lstatSync(path).ino;
    expect(() => writeNewFile(path, 'text', 'edit it')).toThrowError(
      expect.objectContaining({
        code: 'USAGE',
        hint: 'edit it',
        message: expect.stringContaining(path) as string,
      }),
    );
    expect(lstatSync(path).ino).toBe(before);
    expect(existsSync(join(folder, 'absent'))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.includes('morsel'))).toEqual([]);
  });

  it('says what cannot be written', () => {
    expect(() => writeNewFile(join(folder, 'absent/x'), 'text', 'edit it')).toThrowError(
      expect.objectContaining({ code: 'WRITE_FAILED' }),
    );
  });
});
