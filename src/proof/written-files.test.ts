import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeWrites, snapshotRoot } from './written-files.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'written-'));
  mkdirSync(join(root, 'data'));
  writeFileSync(join(root, 'data/old'), 'one');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('describeWrites', () => {
  it('is null when nothing has changed', () => {
    expect(describeWrites(snapshotRoot(root), snapshotRoot(root))).toBeNull();
  });

  it('names what was written, changed and removed, and not the directories above', () => {
    writeFileSync(join(root, 'gone'), '');
    const before = snapshotRoot(root);
    mkdirSync(join(root, 'data/deep'));
    writeFileSync(join(root, 'data/deep/new'), '');
    writeFileSync(join(root, 'data/old'), 'two two');
    rmSync(join(root, 'gone'));
    expect(describeWrites(before, snapshotRoot(root))).toBe(
      'wrote /data/deep/new, /data/old, /gone (removed)',
    );
  });

  it('counts what would be too long a list', () => {
    const before = snapshotRoot(root);
    for (let index = 0; index < 8; index += 1) writeFileSync(join(root, `f${index}`), '');
    expect(describeWrites(before, snapshotRoot(root))).toBe('wrote /f0, /f1, /f2, /f3, /f4 and 3 more');
  });
});
