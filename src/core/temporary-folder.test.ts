import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary-folder.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'temporary-folder-')));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('makeTemporaryFolder', () => {
  it('makes a private folder whose name says whose it is, and removes it', () => {
    const made = makeTemporaryFolder('proof');
    expect(dirname(made)).toBe(folder);
    expect(basename(made)).toMatch(
      new RegExp(`^morsel-proof-[0-9a-f]{8}-${process.pid}-[0-9]+-[A-Za-z0-9]{6}$`),
    );
    expect(statSync(made).mode & 0o777).toBe(0o700);
    writeFileSync(join(made, 'file'), '');
    removeTemporaryFolder(made);
    removeTemporaryFolder(made);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is private also where the umask forbids everything', () => {
    const before = process.umask(0o777);
    try {
      const made = makeTemporaryFolder('run');
      expect(statSync(made).mode & 0o777).toBe(0o700);
      removeTemporaryFolder(made);
    } finally {
      process.umask(before);
    }
  });

  it('answers the real path', () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    vi.stubEnv('TMPDIR', join(folder, 'link'));
    const made = makeTemporaryFolder('run');
    expect(dirname(made)).toBe(join(folder, 'real'));
    removeTemporaryFolder(made);
  });

  it.each([
    ['is missing', '/proc/self/fd/absent', 'ENOENT'],
    ['is relative', 'rel', 'not absolute'],
    ['is a file', '/etc/hostname', 'ENOTDIR'],
    ['takes no folders', '/proc', 'ENOENT'],
  ])('says so when TMPDIR %s', (_, path, reason) => {
    vi.stubEnv('TMPDIR', path);
    expect(() => makeTemporaryFolder('run')).toThrowError(
      expect.objectContaining({
        code: 'WRITE_FAILED',
        message: expect.stringContaining(reason) as string,
        hint: expect.stringContaining('TMPDIR') as string,
      }),
    );
  });

  it('goes when the process ends in the middle, and listens no longer than it is there', () => {
    const before = process.listenerCount('exit');
    const made = [makeTemporaryFolder('run'), makeTemporaryFolder('run')];
    expect(process.listenerCount('exit')).toBe(before + 1);
    const listener = process.listeners('exit').at(-1) as () => void;
    listener();
    expect(made.filter((path) => existsSync(path))).toEqual([]);
    made.forEach(removeTemporaryFolder);
    expect(process.listenerCount('exit')).toBe(before);
  });
});
