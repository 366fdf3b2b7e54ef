import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TraceCopy } from './trace-copy.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trace-copy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const copyTo = (name: string, limit?: number): TraceCopy =>
  new TraceCopy(join(folder, 'pipe'), join(folder, name), limit);

describe('TraceCopy', () => {
  it('keeps what is written, to the end', async () => {
    const copy = copyTo('trace');
    const text = 'a line\n'.repeat(100_000);
    await writeFile(join(folder, 'pipe'), text);
    await copy.finish();
    expect(readFileSync(join(folder, 'trace'), 'utf8')).toBe(text);
    expect(copy.droppedBytes).toBe(0);
  });

  it('keeps no more than its limit, and lets the writer go on', async () => {
    const copy = copyTo('trace', 10);
    await writeFile(join(folder, 'pipe'), 'x'.repeat(1_000_000));
    await copy.finish();
    expect(readFileSync(join(folder, 'trace'), 'utf8')).toBe('xxxxxxxxxx');
    expect(copy.droppedBytes).toBe(999_990);
  });

  it('ends where nothing was ever written', async () => {
    const copy = copyTo('trace');
    await copy.finish();
    expect(readFileSync(join(folder, 'trace'), 'utf8')).toBe('');
  });

  it('writes over no file, and says where it cannot write', () => {
    writeFileSync(join(folder, 'trace'), 'mine');
    expect(() => copyTo('trace')).toThrow(/trace cannot be written \(EEXIST\)/);
    rmSync(join(folder, 'pipe'));
    expect(() => copyTo('absent/trace')).toThrow(/trace cannot be written \(ENOENT\)/);
    expect(readFileSync(join(folder, 'trace'), 'utf8')).toBe('mine');
  });
});
