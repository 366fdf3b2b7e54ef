import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { directoryTree } from './index.ts';
import { rootEntries } from './root-entries.ts';

let folder: string;
let server: Server | undefined;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'root-entries-'))));
afterEach(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('takes modes, links and empty folders as they are, and leaves out sockets', async () => {
  mkdirSync(join(folder, 'tmp'));
  chmodSync(join(folder, 'tmp'), 0o1777);
  mkdirSync(join(folder, 'bin'), { mode: 0o755 });
  writeFileSync(join(folder, 'bin/su'), 'su');
  chmodSync(join(folder, 'bin/su'), 0o4755);
  symlinkSync('../outside', join(folder, 'bin/link'));
  server = createServer();
  await new Promise<void>((done) => server?.listen(join(folder, 'socket'), done));
  const entries = (await rootEntries(directoryTree(folder), 'of the base x')).toSorted((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  const facts = entries.map((entry) => [
    entry.path,
    entry.kind,
    entry.kind === 'symlink' ? String(entry.target) : (entry.mode & 0o7777).toString(8),
  ]);
  expect(facts).toEqual([
    ['/bin', 'directory', '755'],
    ['/bin/link', 'symlink', '../outside'],
    ['/bin/su', 'file', '4755'],
    ['/tmp', 'directory', '1777'],
  ]);
  expect(new Set(entries.map((entry) => entry.reason))).toEqual(new Set(['of the base x']));
});

it('hears the signal, and says which file has gone meanwhile', async () => {
  writeFileSync(join(folder, 'file'), 'x');
  await expect(rootEntries(directoryTree(folder), 'x', AbortSignal.abort())).rejects.toThrow(
    expect.objectContaining({ code: 'INTERRUPTED' }),
  );
  const tree = directoryTree(folder);
  const [entry] = await rootEntries({ ...tree, open: () => null }, 'x');
  if (entry?.kind !== 'file') throw new Error('the file is missing');
  expect(() => entry.open()).toThrow(
    expect.objectContaining({
      code: 'UNREADABLE',
      message: expect.stringContaining('/file has disappeared'),
    }),
  );
});
