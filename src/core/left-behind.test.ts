import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { formatOwner, parseOwner, stateOf, thisOwner } from './process-owner.ts';
import { hiddenPrefix, ownedName, removeLeftBehind } from './left-behind.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'left-behind-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const own = thisOwner();
const make = (name: string): string => {
  mkdirSync(join(folder, name, 'inner'), { recursive: true });
  return name;
};
/** The id of a process that has ended. */
const deadPid = (): number => spawnSync('true').pid;
const sweep = (): readonly string[] => {
  removeLeftBehind(folder, (prefix) => prefix === 'morsel-run');
  return readdirSync(folder).sort();
};

it('removes what dead processes have left, also where the id is used again', () => {
  make(`morsel-run-${formatOwner({ ...own, pid: deadPid() })}-abcDEF`);
  make(`morsel-run-${formatOwner({ ...own, startTime: '1' })}-abcDEF`);
  expect(sweep()).toEqual([]);
});

it('leaves what living processes use, what others own, and what is called otherwise', () => {
  const dead = formatOwner({ ...own, pid: deadPid() });
  const kept = [
    make(`${ownedName('morsel-run')}abcDEF`),
    make(`morsel-run-${formatOwner({ ...own, machine: '12345678' })}-abcDEF`),
    make(`morsel-run-${formatOwner({ ...own, machine: null, startTime: '1' })}-abcDEF`),
    make(`morsel-other-${dead}-abcDEF`),
    make(`morsel-run-${dead}-abcDEF.tar`),
    make('morsel-run-abcDEF'),
  ];
  expect(sweep()).toEqual(kept.sort());
});

it('removes a file and a link of the name, and not what the link leads to', () => {
  const dead = formatOwner({ ...own, pid: deadPid() });
  make('victim');
  writeFileSync(join(folder, `morsel-run-${dead}-FILE00`), '');
  symlinkSync('victim', join(folder, `morsel-run-${dead}-LINK00`));
  expect(sweep()).toEqual(['victim']);
  expect(readdirSync(join(folder, 'victim'))).toEqual(['inner']);
});

it('has a name for what is made beside a file of the longest name', () => {
  for (const name of ['a'.repeat(255), 'ä'.repeat(127), '\u{1F37D}'.repeat(63)]) {
    const path = join(folder, `${ownedName(hiddenPrefix(name))}${'x'.repeat(16)}`);
    writeFileSync(path, '');
    expect(path).not.toContain('\uFFFD');
  }
});

it('removes those of other boots and containers when nobody can be using them any more', () => {
  const name = make(`morsel-run-${formatOwner({ ...own, machine: '12345678' })}-abcDEF`);
  const days = (count: number): Date => new Date(Date.now() - count * 24 * 60 * 60 * 1000);
  utimesSync(join(folder, name), days(29), days(29));
  expect(sweep()).toEqual([name]);
  utimesSync(join(folder, name), days(31), days(31));
  expect(sweep()).toEqual([]);
});

it('says whose a folder is as the kernel does', () => {
  expect(parseOwner(formatOwner(own))).toEqual(own);
  expect(own.startTime).toBe(readFileSync('/proc/self/stat', 'latin1').split(') ')[1]?.split(' ')[19]);
  expect(stateOf(own)).toBe('alive');
  for (const text of ['', 'x', '12345678-1', '12345678--1-2', '1234567g-1-2', '12345678-1-2-3'])
    expect(parseOwner(text)).toBeNull();
});
