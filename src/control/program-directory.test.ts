import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { directoryTree } from '../rootfs/index.ts';
import { programDirectory } from './program-directory.ts';

let machine = '';
beforeAll(() => {
  machine = mkdtempSync(join(tmpdir(), 'program-directory-'));
  mkdirSync(join(machine, 'etc'));
  writeFileSync(join(machine, 'etc/passwd'), 'svc:x:400:400::/data/svc:/bin/sh\n');
});
afterAll(() => rmSync(machine, { recursive: true, force: true }));

it.each([
  ['/opt/app/bin/app', '/opt/app'],
  ['/opt/app/sbin/app', '/opt/app'],
  ['/opt/app/libexec/app', '/opt/app'],
  ['/opt/app/app', '/opt/app'],
  ['/app/server', '/app'],
  ['/tmp/build/hello', '/tmp/build'],
  ['/home/me/project/hello', '/home/me/project'],
  ['/home/me/project/bin/hello', '/home/me/project'],
  ['/root/.pyenv/versions/3.12.1/bin/python3.12', '/root/.pyenv/versions/3.12.1'],
  ['/usr/local/go/bin/go', '/usr/local/go'],
  // Others' things lie there too.
  ['/hello', null],
  ['/usr/bin/hello', null],
  ['/usr/local/bin/hello', null],
  ['/opt/hello', null],
  ['/tmp/hello', null],
  ['/var/tmp/hello', null],
  ['/mnt/disk/hello', null],
  ['/media/stick/bin/hello', null],
  ['/root/hello', null],
  ['/root/bin/hello', null],
  ['/home/hello', null],
  ['/home/me/hello', null],
  ['/home/me/bin/hello', null],
  ['/home/me/.local/bin/hello', null],
  ['/home/me/.cargo/bin/hello', null],
  ['/home/me/go/bin/hello', null],
  ['/home/me/Downloads/hello', null],
  ['/data/svc/hello', null],
  ['/data/svc/bin/hello', null],
  ['/srv/hello', null],
  ['/run/bin/hello', null],
])('%s has %s', (file, directory) => {
  expect(programDirectory(file, directoryTree(machine))).toBe(directory);
});
