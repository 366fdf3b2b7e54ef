import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addedEntries, parseProjectAdd, parseTypedAdd } from './added-paths.ts';

let folder: string;
let project: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'added-paths-')));
  project = join(folder, 'project');
  mkdirSync(join(project, 'data'), { recursive: true });
  writeFileSync(join(project, 'data/a'), 'a');
  writeFileSync(join(folder, 'secret'), 'secret');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ofProject = (text: string) => parseProjectAdd(text, project, project);
const paths = (text: string) =>
  addedEntries([ofProject(text)]).map((entry) => `${entry.path} ${entry.reason}`);
const leadsOut = expect.objectContaining({
  code: 'CONFIG_INVALID',
  message: expect.stringContaining('leads out of the project') as string,
  hint: expect.stringContaining('--add') as string,
});

describe('what a morsel.json adds', () => {
  it('is relative to the project and lies in it, also by another way', () => {
    expect(paths('data:/srv')).toEqual([`/srv/a --add ${join(project, 'data')}`]);
    symlinkSync('data', join(project, '..data'));
    for (const source of ['..data/a', `${project}/data/a`, '../project/data/a'])
      expect(paths(`${source}:/a:0600`)).toHaveLength(1);
    expect(paths('.:/all')).toHaveLength(2);
  });

  it('is not taken from anywhere else, by whatever name', () => {
    symlinkSync('../secret', join(project, 'link'));
    symlinkSync('/', join(project, 'root'));
    for (const source of ['/etc/passwd', '../secret', '..', 'link', 'root/etc/passwd', 'data/../../secret'])
      expect(() => ofProject(`${source}:/x`)).toThrowError(leadsOut);
  });

  it('is looked at again when it is packed: a build may have put a link there', () => {
    const add = ofProject('data/a:/a');
    rmSync(join(project, 'data/a'));
    symlinkSync('../../secret', join(project, 'data/a'));
    expect(() => addedEntries([add])).toThrowError(leadsOut);
  });

  it('keeps links in a folder as links: nothing of their targets is packed', () => {
    symlinkSync('../../secret', join(project, 'data/link'));
    const [, link] = addedEntries([ofProject('data:/srv')]);
    expect(link).toMatchObject({ kind: 'symlink', target: '../../secret' });
  });

  it('says which path is not there', () => {
    expect(() => ofProject('absent:/x')).toThrowError(
      expect.objectContaining({ code: 'NOT_FOUND', message: expect.stringContaining('absent') as string }),
    );
  });
});

describe('what the user has typed', () => {
  it('may be anywhere', () => {
    const [entry] = addedEntries([parseTypedAdd(`${join(folder, 'secret')}:/x:4755`)]);
    expect(entry).toMatchObject({ path: '/x', mode: 0o4755 });
  });
});
