import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawLayout } from '../../test/raw-layout.ts';
import { explainTarget } from '../explain/explain-target.ts';
import { inspect } from './inspect.ts';
import { ldd } from '../loader/ldd.ts';

const work = mkdtempSync(join(tmpdir(), 'morsel-inspect-'));
const pipe = join(work, 'pipe');
const layout = join(work, 'layout');
beforeAll(() => {
  execFileSync('mkfifo', [pipe]);
  const raw = new RawLayout();
  raw.write(layout, [raw.image()]);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const refusal = (code: string) => expect.objectContaining({ code, hint: expect.any(String) });

describe.each(['a pipe', 'a device'])('%s', (kind) => {
  const path = kind === 'a pipe' ? pipe : '/dev/zero';

  it('is refused by every command that reads, not waited for', async () => {
    await expect(inspect(path)).rejects.toThrow(refusal('UNREADABLE'));
    await expect(inspect('/proc/self/exe', { bases: [path] })).rejects.toThrow(refusal('UNREADABLE'));
    await expect(explainTarget({ target: path })).rejects.toThrow(refusal('UNREADABLE'));
    expect(() => ldd([path])).toThrow(refusal('UNREADABLE'));
  });
});

it('a pipe among the files of a directory is no file of the report', async () => {
  const root = join(work, 'root');
  mkdirSync(root);
  writeFileSync(join(root, 'file'), 'x');
  execFileSync('mkfifo', [join(root, 'pipe')]);
  expect(await inspect(root)).toMatchObject({ kind: 'directory', files: 1 });
});

it('two holes of terabytes are not read to the end to see whether they are equal', async () => {
  const root = join(work, 'holes');
  mkdirSync(root);
  for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(root, name), 'same');
  for (const name of ['a', 'b']) truncateSync(join(root, name), 4 * 1024 ** 4);
  const report = await inspect(root);
  expect(report).toMatchObject({ files: 4, duplicates: [{ sizeBytes: 4, paths: ['/c', '/d'] }] });
});

it('an image is read only as long as nobody interrupts', async () => {
  const signal = AbortSignal.abort();
  await expect(inspect(layout, { signal })).rejects.toThrow(refusal('INTERRUPTED'));
  await expect(explainTarget({ target: layout, signal })).rejects.toThrow(refusal('INTERRUPTED'));
  await expect(inspect('/proc/self/exe', { bases: [layout], signal })).rejects.toThrow(
    refusal('INTERRUPTED'),
  );
});
