import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCodeCache } from './code-cache.ts';
import { writeCodeCache } from './write-code-cache.ts';

let folder: string;
let path: string;
const CODE = new Map([
  ['a.cjs', Buffer.from('odd')],
  ['b.cjs', Buffer.alloc(0)],
  ['c.cjs', Buffer.alloc(70_000, 7)],
]);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'morsel-code-cache-'));
  path = join(folder, 'code/ldd');
  writeCodeCache(path, 'key', CODE);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the code cache', () => {
  it('gives back what was written, each part at a multiple of eight', () => {
    const read = readCodeCache(path, 'key');
    expect(read).toEqual(CODE);
    for (const code of read.values()) expect(code.byteOffset % 8).toBe(0);
  });

  it('is for its writer only', () => expect(statSync(path).mode & 0o777).toBe(0o600));

  it('is empty for another build', () => expect(readCodeCache(path, 'other').size).toBe(0));

  it('is empty when others could have written it', () => {
    chmodSync(path, 0o620);
    expect(readCodeCache(path, 'key').size).toBe(0);
  });

  it('is empty when absent, cut short anywhere, or damaged', () => {
    expect(readCodeCache(join(folder, 'absent'), 'key').size).toBe(0);
    const whole = readFileSync(path);
    for (const length of [0, 3, 7, 12, 40, whole.length - 8]) {
      writeFileSync(path, whole.subarray(0, length), { mode: 0o600 });
      expect(readCodeCache(path, 'key').size, `${length} bytes`).toBe(0);
    }
    writeFileSync(path, Buffer.alloc(4096, 0xff));
    expect(readCodeCache(path, 'key').size).toBe(0);
  });

  it('waits for no writer of a pipe, and reads no more than it could have written', () => {
    rmSync(path);
    spawnSync('mkfifo', ['-m', '600', path]);
    expect(readCodeCache(path, 'key').size).toBe(0);
    rmSync(path);
    writeCodeCache(path, 'key', CODE);
    truncateSync(path, 2 ** 40);
    expect(readCodeCache(path, 'key').size).toBe(0);
  });

  it('is replaced as a whole', () => {
    writeCodeCache(path, 'next', new Map([['d.cjs', Buffer.from('d')]]));
    expect([...readCodeCache(path, 'next').keys()]).toEqual(['d.cjs']);
  });

  it.skipIf(process.getuid?.() !== 0)('is not made by root in the home of a user', () => {
    const home = join(folder, 'home');
    mkdirSync(home);
    chownSync(home, 65534, 65534);
    writeCodeCache(join(home, '.cache/morsel/code/ldd'), 'key', CODE);
    expect(readdirSync(home)).toEqual([]);
  });

  it('may be impossible to keep: nothing is said, and nothing stays', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => writeCodeCache(join(folder, 'file/ldd'), 'key', CODE)).not.toThrow();
  });
});
