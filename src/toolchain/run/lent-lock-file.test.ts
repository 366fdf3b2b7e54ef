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
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CompilePlan } from '../plan.ts';
import { withLentLockFile } from './lent-lock-file.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-lent-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const at = (name: string): string => join(root, name);
const plan = (): CompilePlan =>
  ({ lockFile: { path: at('Cargo.lock'), kept: at('work/Cargo.lock') } }) as CompilePlan;

describe('withLentLockFile', () => {
  it('keeps what a build writes, and lends it to the next one', async () => {
    await withLentLockFile(plan(), async () => {
      expect(existsSync(at('Cargo.lock'))).toBe(false);
      await Promise.resolve(writeFileSync(at('Cargo.lock'), 'one'));
    });
    expect(existsSync(at('Cargo.lock'))).toBe(false);
    expect(readFileSync(at('work/Cargo.lock'), 'utf8')).toBe('one');
    await withLentLockFile(plan(), async () => {
      await Promise.resolve();
      expect(readFileSync(at('Cargo.lock'), 'utf8')).toBe('one');
    });
    expect(existsSync(at('Cargo.lock'))).toBe(false);
  });

  it('takes it away when the build fails', async () => {
    const failing = withLentLockFile(plan(), async () => {
      await Promise.resolve(writeFileSync(at('Cargo.lock'), 'one'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(existsSync(at('Cargo.lock'))).toBe(false);
  });

  it("leaves the user's own alone, and a link that leads nowhere", async () => {
    writeFileSync(at('Cargo.lock'), 'mine');
    await withLentLockFile(plan(), () => Promise.resolve());
    expect(readFileSync(at('Cargo.lock'), 'utf8')).toBe('mine');
    rmSync(at('Cargo.lock'));
    symlinkSync('nowhere', at('Cargo.lock'));
    await withLentLockFile(plan(), () => Promise.resolve());
    expect(() => symlinkSync('x', at('Cargo.lock'))).toThrow('EEXIST');
  });

  it('takes away what a build makes of it, and keeps none of that', async () => {
    await withLentLockFile(plan(), async () => {
      mkdirSync(at('Cargo.lock/below'), { recursive: true });
      await Promise.resolve(writeFileSync(at('Cargo.lock/below/file'), ''));
    });
    expect(existsSync(at('Cargo.lock'))).toBe(false);
    expect(existsSync(at('work/Cargo.lock'))).toBe(false);
  });

  it('writes through no link in the place where it is kept', async () => {
    writeFileSync(at('mine'), 'mine');
    mkdirSync(at('work'));
    symlinkSync('../mine', at('work/Cargo.lock'));
    await withLentLockFile(plan(), async () => {
      await Promise.resolve(writeFileSync(at('Cargo.lock'), 'one'));
    });
    expect(readFileSync(at('mine'), 'utf8')).toBe('mine');
    expect(readFileSync(at('work/Cargo.lock'), 'utf8')).toBe('one');
  });

  it('copies no file that a link of the build leads to', async () => {
    writeFileSync(at('secret'), 'secret');
    await withLentLockFile(plan(), async () => {
      await Promise.resolve(symlinkSync('secret', at('Cargo.lock')));
    });
    expect(existsSync(at('work/Cargo.lock'))).toBe(false);
    expect(readFileSync(at('secret'), 'utf8')).toBe('secret');
  });
});
