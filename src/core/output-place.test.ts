import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultOutputPlace, keepInput, outputFilePlace, outputPlace } from './output-place.ts';

let folder: string;
beforeEach(() => void (folder = realpathSync(mkdtempSync(join(tmpdir(), 'output-place-')))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const link = (target: string, name = 'link'): string => {
  symlinkSync(target, join(folder, name));
  return join(folder, name);
};
const refused = (reason: string) =>
  expect.objectContaining({
    code: 'WRITE_FAILED',
    message: expect.stringContaining(reason) as string,
    hint: expect.stringContaining('-o') as string,
  });

describe('outputPlace', () => {
  it('is the path itself where that is no link', () => {
    for (const name of ['absent', 'no/folder', '.'])
      expect(outputPlace(join(folder, name))).toBe(join(folder, name));
  });

  it('is where links lead, also to nothing yet, and from a linked folder', () => {
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    link('a/b', 'there');
    link('../out.tar', 'a/b/up');
    link('there/up', 'first');
    expect(outputPlace(join(folder, 'first'))).toBe(join(folder, 'a/out.tar'));
    writeFileSync(join(folder, 'a/out.tar'), '');
    expect(outputPlace(join(folder, 'first'))).toBe(join(folder, 'a/out.tar'));
  });

  it.each([
    ['/dev/null', 'a device'],
    ['/dev/stdout', 'open file'],
    ['/dev/fd/0', 'open file'],
    ['/proc/self/fd/1', 'open file'],
    ['/proc/thread-self/fd/1', 'open file'],
  ])('refuses %s, and a link to it', (path, reason) => {
    expect(() => outputPlace(path)).toThrowError(refused(reason));
    expect(() => outputPlace(link(path))).toThrowError(refused(reason));
  });

  it('refuses a named pipe without waiting for its reader', () => {
    spawnSync('mkfifo', [join(folder, 'fifo')]);
    expect(() => outputPlace(join(folder, 'fifo'))).toThrowError(refused('a named pipe'));
  });

  it('says so of links that lead to themselves, and into no folder', () => {
    expect(() => outputPlace(link('loop', 'loop'))).toThrowError(refused('ELOOP'));
    expect(() => outputPlace(link('no/folder'))).toThrowError(refused('ENOENT'));
  });
});

describe('outputFilePlace', () => {
  it('takes no directory, also behind a link', () => {
    for (const path of [folder, link('.')])
      expect(() => outputFilePlace(path)).toThrowError(refused('a directory'));
    expect(outputFilePlace(join(folder, 'absent'))).toBe(join(folder, 'absent'));
  });
});

describe('defaultOutputPlace', () => {
  it('follows no link', () => {
    expect(defaultOutputPlace(join(folder, 'a.tar'))).toBe(join(folder, 'a.tar'));
    expect(() => defaultOutputPlace(link('a.tar'))).toThrowError(refused('is a link'));
  });
});

describe('keepInput', () => {
  it('refuses to replace what is read, by whatever name', () => {
    const input = join(folder, 'main.c');
    writeFileSync(input, '');
    const isUsage = expect.objectContaining({
      code: 'USAGE',
      hint: expect.stringContaining('-o') as string,
    });
    expect(() => keepInput(input, input)).toThrowError(isUsage);
    expect(() => keepInput(input, link('main.c'))).toThrowError(isUsage);
  });

  it('leaves alone another file, an absent one, and a folder', () => {
    writeFileSync(join(folder, 'main.c'), '');
    writeFileSync(join(folder, 'main.tar'), '');
    for (const name of ['main.tar', 'absent', '.'])
      expect(() => keepInput(join(folder, name), join(folder, 'main.c'))).not.toThrow();
    expect(() => keepInput(folder, folder)).not.toThrow();
  });

  it('leaves to others what cannot be looked at', () => {
    const loop = link('loop', 'loop');
    for (const path of [loop, join(folder, 'n'.repeat(300)), join(folder, 'main.c/below')]) {
      writeFileSync(join(folder, 'main.c'), '');
      expect(() => keepInput(join(folder, 'main.c'), path)).not.toThrow();
      expect(() => keepInput(path, join(folder, 'main.c'))).not.toThrow();
    }
  });
});
