import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RememberedMode, type WorkingMode } from './remembered-mode.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'morsel-mode-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const RUNC: WorkingMode = {
  name: 'runc',
  mode: { identity: 'root', limitedBy: 'cgroup', cgroupMounts: 'host' },
};

describe('RememberedMode', () => {
  it('keeps what worked until it is forgotten', () => {
    new RememberedMode(directory).keep(RUNC);
    const memory = new RememberedMode(directory);
    expect(memory.get()).toEqual({ name: 'runc', mode: JSON.stringify(RUNC.mode) });
    memory.forget();
    expect(new RememberedMode(directory).get()).toBeNull();
  });

  it('knows nothing where a tool is another', () => {
    new RememberedMode(directory).keep(RUNC);
    const { PATH } = process.env;
    try {
      writeFileSync(join(directory, 'unshare'), '#!/bin/sh\n', { mode: 0o755 });
      process.env['PATH'] = `${directory}:${PATH ?? ''}`;
      expect(new RememberedMode(directory).get()).toBeNull();
    } finally {
      process.env['PATH'] = PATH;
    }
  });

  it.each(['', 'null', '[1,2,3]', '["key","runc"]', '{'])('takes %j for nothing', (text) => {
    writeFileSync(join(directory, 'sandbox.json'), text);
    expect(new RememberedMode(directory).get()).toBeNull();
  });
});
