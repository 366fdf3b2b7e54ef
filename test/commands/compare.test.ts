import { afterAll, describe, expect, it } from 'vitest';
import { listBelow } from '../left-behind.ts';
import { requireInCi } from '../reference-tools.ts';
import { itFails, itFailsAsAll } from './contract.ts';
import { documentOf } from './documents.ts';
import { Targets } from './targets.ts';

const targets = new Targets();
afterAll(() => targets.remove());
const isRoot = requireInCi('root, for sandboxes', process.getuid?.() === 0);

async function compareJson(...args: readonly string[]) {
  const result = await targets.morsel('compare', ...args, '--format', 'json');
  const { rows } = documentOf('compare', result);
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  return rows;
}

describe.skipIf(!isRoot)('text', () => {
  it('of a static program: a table, and why a row does not run on stderr', async () => {
    const { exitCode, stdout } = await targets.morsel('compare', targets.static());
    const [heading, row, ...more] = stdout.trimEnd().split('\n');
    expect(heading).toMatch(/^Base +Packing +Libc +Linkage +Size +Compressed +Files +Runs +Start$/);
    expect(row).toMatch(/^scratch +static-glibc +glibc +static +\d+ kB +\d+ kB +1 +yes +\d+ ms$/);
    expect({ exitCode, more }).toEqual({ exitCode: 0, more: [] });
  });

  it('of several rows: each is announced by its name before it is made', async () => {
    const args = ['compare', targets.dynamic(), '--base', targets.folder()];
    const { stderr } = await targets.morsel(...args);
    expect(stderr.match(/^\S.* \(\d of \d\)$/gm)).toEqual([
      'closure on scratch (1 of 3)',
      'bare on scratch (2 of 3)',
      'base on folder (3 of 3)',
    ]);
    expect((await targets.morsel(...args, '-q')).stderr).not.toContain(' of 3)');
  });

  it('as markdown, and nothing on stderr when it is to be quiet', async () => {
    const result = await targets.morsel('compare', '-q', '--format', 'markdown', targets.static());
    expect(result.stdout).toMatch(/^\| Base +\| Packing +\|.*\n\|[-:| ]+\|\n\| scratch +\| static-glibc +\|/);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe.skipIf(!isRoot)('JSON', () => {
  it('of a dynamic program: bare, with its libraries, and on a base', async () => {
    const rows = await compareJson(targets.dynamic(), '--base', targets.folder());
    expect(rows.map(({ base, packing, runs }) => `${base} ${packing} ${runs}`)).toEqual([
      'scratch closure yes',
      'scratch bare no',
      'folder base no',
    ]);
  });

  it('of a program for another machine', async () => {
    expect(await compareJson(targets.foreign())).toMatchObject([{ base: 'scratch', runs: 'unavailable' }]);
  });
});

describe('no answer', () => {
  itFails(targets, 'compare', 2, {
    'a broken file': [() => [targets.broken()], 'ELF_INVALID'],
    'a text': [() => [targets.text()], 'NOT_AN_EXECUTABLE'],
    'an image': [async () => [await targets.image(targets.static())], 'NOT_AN_EXECUTABLE'],
    'a folder that is no project': [() => [targets.folder()], 'NO_PROJECT'],
    'what is not there': [() => [targets.absent()], 'NOT_FOUND'],
    'a base that is not there': [() => [targets.static(), '--base', targets.absent()], 'NOT_FOUND'],
  });
  itFailsAsAll(targets, 'compare', () => targets.static());

  it('an interruption: 130, and nothing on stdout', async () => {
    const isWriting = (): boolean => listBelow(targets.place.temporary).length > 0;
    const result = await targets.interrupted(['compare', targets.static()], isWriting);
    expect(result).toMatchObject({ exitCode: 130, stdout: '' });
  });
});
