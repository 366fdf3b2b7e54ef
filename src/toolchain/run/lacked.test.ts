import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CompilePlan } from '../plan.ts';
import { forgetLacked, keepLacked } from './lacked.ts';

let root: string;
let plan: CompilePlan;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-lacked-'));
  mkdirSync(join(root, 'tmp'));
  plan = { workDirectory: root } as CompilePlan;
});
afterEach(() => rmSync(root, { recursive: true }));

it('stays until the build begins anew', () => {
  expect(keepLacked(plan)).toEqual([]);
  expect(existsSync(join(root, 'lacked'))).toBe(false);
  writeFileSync(join(root, 'tmp/lacked'), 'package zlib\nlibrary z\npackage zlib\n');
  expect(keepLacked(plan)).toEqual(['package zlib', 'library z']);
  rmSync(join(root, 'tmp/lacked'));
  expect(keepLacked(plan)).toEqual(['package zlib', 'library z']);
  forgetLacked(plan);
  expect(keepLacked(plan)).toEqual([]);
});

it('is no more than a build may say, and nothing that a link or a pipe of its leads to', () => {
  writeFileSync(join(root, 'tmp/lacked'), `package ${'x'.repeat(300)}\npackage y\n`.repeat(10_000));
  expect(keepLacked(plan)).toEqual(['package y']);
  writeFileSync(join(root, 'secret'), 'secret\n');
  for (const path of ['tmp/lacked', 'lacked']) {
    rmSync(join(root, path));
    symlinkSync(join(root, 'secret'), join(root, path));
  }
  expect(keepLacked(plan)).toEqual([]);
  rmSync(join(root, 'tmp/lacked'));
  expect(spawnSync('mkfifo', [join(root, 'tmp/lacked')]).status).toBe(0);
  expect(keepLacked(plan)).toEqual([]);
  expect(readFileSync(join(root, 'secret'), 'utf8')).toBe('secret\n');
});
