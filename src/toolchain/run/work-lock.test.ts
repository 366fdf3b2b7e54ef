import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatOwner, thisOwner } from '../../core/process-owner.ts';
import { withWorkLock } from './work-lock.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-lock-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('withWorkLock', () => {
  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withWorkLock(root, undefined, work)));
    expect(most).toBe(1);
    expect(existsSync(join(root, 'lock'))).toBe(false);
  });

  it.each([
    ['a process that is gone', formatOwner({ ...thisOwner(), pid: spawnSync('true').pid })],
    ['an earlier process with our id', formatOwner({ ...thisOwner(), startTime: '1' })],
    ['nobody', ''],
    ['an older morsel', `${process.pid} 1`],
  ])('takes over the lock of %s', async (_, owner) => {
    writeFileSync(join(root, 'lock'), owner);
    expect(await withWorkLock(root, undefined, () => Promise.resolve('done'))).toBe('done');
  });

  it('leaves the lock of another container alone, whose processes cannot be seen', async () => {
    const stop = new AbortController();
    writeFileSync(join(root, 'lock'), formatOwner({ ...thisOwner(), machine: '12345678', pid: 1 }));
    const waiting = withWorkLock(root, stop.signal, () => Promise.resolve());
    await new Promise((resolve) => setTimeout(resolve, 250));
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(existsSync(join(root, 'lock'))).toBe(true);
  });

  it('stops waiting when it is told to', async () => {
    const stop = new AbortController();
    await withWorkLock(root, undefined, async () => {
      const waiting = withWorkLock(root, stop.signal, () => Promise.resolve());
      stop.abort();
      await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED' });
    });
  });

  it('is left when the work fails', async () => {
    await expect(withWorkLock(root, undefined, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(join(root, 'lock'))).toBe(false);
  });

  it('says that a folder cannot be made', async () => {
    writeFileSync(join(root, 'file'), '');
    const locked = withWorkLock(join(root, 'file/below'), undefined, () => Promise.resolve());
    await expect(locked).rejects.toMatchObject({ code: 'WRITE_FAILED' });
  });
});
