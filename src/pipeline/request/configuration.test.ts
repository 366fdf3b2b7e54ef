import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIGURATION_LIMIT_BYTES, readConfiguration } from './configuration.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'configuration-'));
  path = join(folder, 'morsel.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rejected = (code: string) =>
  expect.objectContaining({
    code,
    message: expect.stringContaining(path) as string,
    hint: expect.any(String) as string,
  });

describe('readConfiguration', () => {
  it('takes an absent file for an empty one', async () => {
    expect(await readConfiguration(folder)).toEqual({ fields: {}, source: null });
    writeFileSync(path, '{"name":"caf"}');
    expect(await readConfiguration(folder)).toMatchObject({ fields: { name: 'caf' }, source: { path } });
    writeFileSync(path, '\uFEFF{}');
    expect((await readConfiguration(folder)).fields).toEqual({});
  });

  it.each([
    ['a pipe', () => spawnSync('mkfifo', [path])],
    ['an endless device', () => symlinkSync('/dev/zero', path)],
    ['a folder', () => mkdirSync(path)],
    ['a link to itself', () => symlinkSync('morsel.json', path)],
  ])('refuses %s without waiting', async (_, make) => {
    make();
    await expect(readConfiguration(folder)).rejects.toThrowError(rejected('UNREADABLE'));
  });

  it('refuses what is too large, and what is not UTF-8', async () => {
    writeFileSync(path, `{}${' '.repeat(CONFIGURATION_LIMIT_BYTES)}`);
    await expect(readConfiguration(folder)).rejects.toThrowError(rejected('LIMIT_EXCEEDED'));
    writeFileSync(path, Buffer.from('{"name":"caf\u00e9"}', 'latin1'));
    await expect(readConfiguration(folder)).rejects.toThrowError(rejected('CONFIG_INVALID'));
  });
});
