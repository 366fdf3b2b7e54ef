import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aptGet } from './setup.mjs';

const PATH = process.env['PATH'];
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'morsel-apt-'));
  process.env['PATH'] = `${folder}:${PATH ?? ''}`;
});
afterEach(() => {
  process.env['PATH'] = PATH;
  rmSync(folder, { recursive: true, force: true });
});

/** An apt-get that fails so often with these words, and then succeeds. */
function fakeAptGet(failures: number, words: string): void {
  const count = join(folder, 'count');
  writeFileSync(count, '');
  writeFileSync(
    join(folder, 'apt-get'),
    `#!/bin/sh\nprintf x >> ${count}\n[ $(wc -c < ${count}) -gt ${failures} ] && { echo "done $*"; exit 0; }\necho '${words}' >&2\nexit 100\n`,
  );
  chmodSync(join(folder, 'apt-get'), 0o755);
}

it.each([
  'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 42 (apt-get)',
  'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 42 (unattended-upgr)',
  'E: Unable to lock directory /var/lib/apt/lists/',
])('waits while another apt is at work: %s', (words) => {
  fakeAptGet(2, words);
  expect(aptGet(['update'], 0.01)).toMatchObject({ ok: true, stdout: 'done update\n' });
});

it('does not try another failure again', () => {
  fakeAptGet(1, 'E: Unable to locate package musl-tools');
  expect(aptGet(['install', 'musl-tools'], 0.01)).toMatchObject({ ok: false, code: 100 });
});
