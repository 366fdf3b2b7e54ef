import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeTree } from '../core/remove-tree.ts';
import { describeWrites, snapshotRoot } from './written-files.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'written-'));
  mkdirSync(join(root, 'data'));
  writeFileSync(join(root, 'data/old'), 'one');
});
afterEach(() => removeTree(root));

describe('snapshotRoot', () => {
  it('stops to list a directory when its names alone are too many', async () => {
    for (let index = 0; index < 50; index += 1) writeFileSync(join(root, `data/${index}`), '');
    const { states, isWhole } = await snapshotRoot(root, undefined, 10);
    expect([...states.keys()]).toEqual(['/', '/data']);
    expect(isWhole).toBe(false);
  });
});

describe('describeWrites', () => {
  it('is null when nothing has changed', async () => {
    expect(describeWrites(await snapshotRoot(root), await snapshotRoot(root))).toBeNull();
  });

  it('names what was written, changed and removed, and not the directories above', async () => {
    writeFileSync(join(root, 'gone'), '');
    const before = await snapshotRoot(root);
    mkdirSync(join(root, 'data/deep'));
    writeFileSync(join(root, 'data/deep/new'), '');
    writeFileSync(join(root, 'data/old'), 'two two');
    rmSync(join(root, 'gone'));
    expect(describeWrites(before, await snapshotRoot(root))).toBe(
      'wrote /data/deep/new, /data/old, /gone (removed)',
    );
  });

  it('counts what would be too long a list', async () => {
    const before = await snapshotRoot(root);
    for (let index = 0; index < 8; index += 1) writeFileSync(join(root, `f${index}`), '');
    expect(describeWrites(before, await snapshotRoot(root))).toBe('wrote /f0, /f1, /f2, /f3, /f4 and 3 more');
  });

  it('leaves out what others have made, and says nothing of removals where not all was seen', async () => {
    const before = await snapshotRoot(root);
    mkdirSync(join(root, 'proc'));
    expect(describeWrites(before, await snapshotRoot(root), ['/proc'])).toBeNull();
    rmSync(join(root, 'data/old'));
    const after = await snapshotRoot(root);
    expect(describeWrites(before, after, ['/proc'])).toBe('wrote /data/old (removed)');
    expect(describeWrites(before, { ...after, isWhole: false }, ['/proc'])).toBeNull();
  });

  it('goes on where a path is longer than Linux takes', async () => {
    const before = await snapshotRoot(root);
    let at = root;
    const start = process.cwd();
    try {
      for (let depth = 0; depth < 20; depth += 1) {
        process.chdir(at);
        mkdirSync('d'.repeat(250));
        at = 'd'.repeat(250);
      }
    } finally {
      process.chdir(start);
    }
    expect(describeWrites(before, await snapshotRoot(root))).toMatch(/^wrote \/d{250}/);
  });
});
