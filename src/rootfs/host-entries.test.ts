import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeName } from '../tar/index.ts';
import { entriesFromHost, entryFromFile } from './host-entries.ts';
import { normaliseEntries } from './normalise-entries.ts';

const work = mkdtempSync(join(tmpdir(), 'morsel-host-entries-'));
const tree = join(work, 'tree');

beforeAll(() => {
  mkdirSync(join(tree, 'sub/empty'), { recursive: true });
  mkdirSync(join(tree, 'tmp'));
  chmodSync(join(tree, 'tmp'), 0o1770);
  writeFileSync(join(tree, 'sub/data'), 'data', { mode: 0o600 });
  writeFileSync(join(tree, 'run.sh'), '#!/bin/sh\n', { mode: 0o775 });
  chmodSync(join(tree, 'run.sh'), 0o775);
  symlinkSync('/etc/passwd', join(tree, 'link'));
  symlinkSync('nowhere', join(tree, 'dangling'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const options = { reason: '--add' };
const described = (entries: ReturnType<typeof entriesFromHost>): string[] =>
  normaliseEntries(entries).map((entry) =>
    entry.kind === 'symlink'
      ? `${entry.path} -> ${entry.target}`
      : `${entry.path} ${entry.kind} ${entry.mode.toString(8)}`,
  );

describe('entriesFromHost', () => {
  it('takes a directory with normalised modes, links as links, and only the directories that need an entry', () => {
    expect(described(entriesFromHost(tree, '/data/', options))).toEqual([
      '/data/dangling -> nowhere',
      '/data/link -> /etc/passwd',
      '/data/run.sh file 755',
      '/data/sub/data file 644',
      '/data/sub/empty directory 755',
      '/data/tmp directory 1777',
    ]);
  });

  it('takes a directory to the root of the image', () => {
    expect(described(entriesFromHost(join(tree, 'sub'), '/', options))).toEqual([
      '/data file 644',
      '/empty directory 755',
    ]);
  });

  it('takes a file, through a link, with the mode asked for', () => {
    const [entry] = entriesFromHost(join(tree, 'run.sh'), '/bin/run', { ...options, mode: 0o4555, uid: 7 });
    expect(entry).toMatchObject({ kind: 'file', path: '/bin/run', mode: 0o4555, uid: 7, sizeBytes: 10 });
  });

  it('takes names that are not UTF-8, byte for byte', () => {
    const folder = join(work, 'latin1');
    mkdirSync(folder);
    const name = Buffer.from('caf\xe9', 'latin1');
    const inFolder = Buffer.concat([Buffer.from(`${folder}/`), name]);
    writeFileSync(inFolder, 'content');
    const [entry] = entriesFromHost(folder, '/x', options);
    if (entry?.kind !== 'file') throw new Error('no file');
    expect(encodeName(entry.path)).toEqual(Buffer.concat([Buffer.from('/x/'), name]));
    const source = entry.open();
    expect(source.read(0, 100).toString()).toBe('content');
    source.close();
    rmSync(inFolder);
    expect(() => entry.open()).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('names what cannot be added', () => {
    execFileSync('mkfifo', [join(work, 'pipe')]);
    expect(() => entriesFromHost(join(work, 'pipe'), '/p', options)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    );
    expect(() => entriesFromHost(join(work, 'none'), '/p', options)).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
    expect(() => entryFromFile(tree, '/p', options)).toThrow(expect.objectContaining({ code: 'UNREADABLE' }));
  });
});

it('says what cannot be read: links of a process that has ended are seen, and lead nowhere', async () => {
  const parent = spawn('/bin/sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 30']);
  try {
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const zombie = `/proc/${said.toString().trim()}`;
    await expect.poll(() => readFileSync(`${zombie}/stat`, 'utf8')).toContain(') Z ');
    expect(() => entriesFromHost(zombie, '/x', options)).toThrowError(
      expect.objectContaining({ code: 'NOT_FOUND', hint: 'check the path' }),
    );
  } finally {
    parent.kill('SIGKILL');
  }
});
