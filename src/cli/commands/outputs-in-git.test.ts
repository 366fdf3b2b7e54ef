import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outputsInGit } from './outputs-in-git.ts';

let top = '';
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'outputs-in-git-')));
  mkdirSync(join(top, 'sub'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const asked = (): readonly string[] =>
  outputsInGit([join(top, 'sub/app.tar'), join(top, 'sub/app.evidence.json')]);
const ignore = (folder: string, text: string): void => writeFileSync(join(top, folder, '.gitignore'), text);

describe('outputsInGit', () => {
  it('says nothing outside of a work tree', () => {
    expect(asked()).toEqual([]);
  });

  it.each([
    ['', ['app.tar', 'app.evidence.json']],
    ['# app.tar\n!app.tar\n', ['app.tar', 'app.evidence.json']],
    ['app.tar\n', ['app.evidence.json']],
    ['/app.tar\r\n*.evidence.json\r\n', []],
    ['*.tar\n*.json\n', []],
  ])('reads %j', (text, left) => {
    mkdirSync(join(top, '.git'));
    ignore('sub', text);
    expect(asked()).toEqual(left);
  });

  it('reads up to the top of the work tree, which a linked one has as a file, and no further', () => {
    writeFileSync(join(top, '.git'), 'gitdir: elsewhere\n');
    ignore('.', '*.tar\n*.json\n');
    expect(asked()).toEqual([]);
    writeFileSync(join(top, 'sub/.git'), 'gitdir: elsewhere\n');
    expect(asked()).toEqual(['app.tar', 'app.evidence.json']);
  });

  it('takes no harm from a .gitignore that cannot be read', () => {
    mkdirSync(join(top, '.git'));
    mkdirSync(join(top, 'sub/.gitignore'));
    expect(asked()).toHaveLength(2);
    ignore('.', 'x'.repeat(100_000));
    expect(asked()).toHaveLength(2);
  });
});
