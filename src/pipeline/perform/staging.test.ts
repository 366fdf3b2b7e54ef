import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStaging } from './staging.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'staging-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('createStaging', () => {
  it('is a hidden folder beside the output, and goes with all that is in it', () => {
    const staging = createStaging(join(folder, 'app.tar'));
    expect(dirname(staging.directory)).toBe(folder);
    expect(readdirSync(folder)[0]).toMatch(/^\.app\.tar\.morsel-/);
    mkdirSync(staging.path('layout'));
    writeFileSync(join(staging.path('layout'), 'blob'), '');
    staging.remove();
    expect(readdirSync(folder)).toEqual([]);
    // Once more is harmless: `finally` runs after an abort as well.
    staging.remove();
  });

  it('goes when the process ends in the middle, and listens no longer than it is there', () => {
    const before = process.listenerCount('exit');
    const staging = createStaging(join(folder, 'app.tar'));
    writeFileSync(staging.path('part'), '');
    const listener = process.listeners('exit').at(-1) as () => void;
    listener();
    expect(readdirSync(folder)).toEqual([]);
    staging.remove();
    expect(process.listenerCount('exit')).toBe(before);
  });

  it('replaces an older file, and a link by the file itself', () => {
    const staging = createStaging(join(folder, 'app.tar'));
    writeFileSync(join(folder, 'other'), 'not mine');
    symlinkSync('other', join(folder, 'app.tar'));
    writeFileSync(staging.path('new'), 'new');
    staging.publish(staging.path('new'), join(folder, 'app.tar'));
    staging.remove();
    expect(readFileSync(join(folder, 'app.tar'), 'utf8')).toBe('new');
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('not mine');
  });

  it('does not replace a directory that has entries', () => {
    const staging = createStaging(join(folder, 'layout'));
    mkdirSync(join(folder, 'layout'));
    writeFileSync(join(folder, 'layout', 'thesis.txt'), 'mine');
    mkdirSync(staging.path('new'));
    expect(() => staging.publish(staging.path('new'), join(folder, 'layout'))).toThrowError(
      expect.objectContaining({ code: 'WRITE_FAILED' }),
    );
    expect(readdirSync(join(folder, 'layout'))).toEqual(['thesis.txt']);
  });

  it('says which folder is absent', () => {
    const absent = expect.objectContaining({
      code: 'NOT_FOUND',
      message: expect.stringContaining(`${folder}/no `),
    });
    expect(() => createStaging(join(folder, 'no', 'app.tar'))).toThrowError(absent);
  });
});
